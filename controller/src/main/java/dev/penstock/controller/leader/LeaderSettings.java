package dev.penstock.controller.leader;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How the leader is elected.
 *
 * @param namespace the Lease's namespace
 * @param lease the Lease's name
 * @param identity the name of this instance, different from all others
 * @param leaseDuration how long others wait after the last sign of life of a leader
 * @param renewDeadline how long a leader tries to renew before it gives up
 * @param retryPeriod the pause between attempts
 */
public record LeaderSettings(
        String namespace,
        String lease,
        String identity,
        Duration leaseDuration,
        Duration renewDeadline,
        Duration retryPeriod) {

    /** The Lease's name unless set otherwise. */
    public static final String DEFAULT_LEASE = "penstock-leader";

    public LeaderSettings {
        requireNonNull(namespace, "namespace");
        requireNonNull(lease, "lease");
        requireNonNull(identity, "identity");
        if (leaseDuration.compareTo(renewDeadline) <= 0
                || renewDeadline.compareTo(retryPeriod) <= 0) {
            throw new IllegalArgumentException(
                    "lease %s, renew %s, retry %s (expected: lease > renew > retry)"
                            .formatted(leaseDuration, renewDeadline, retryPeriod));
        }
    }

    /** The timings that Kubernetes' own controllers use: 15 s, 10 s and 2 s. */
    public static LeaderSettings withDefaultTimings(
            String namespace, String lease, String identity) {
        return new LeaderSettings(
                namespace,
                lease,
                identity,
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2));
    }

    /** The host's name, which is the Pod's in a cluster, with something random behind it. */
    public static String newIdentity() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            // A host that cannot resolve its own name still takes part.
            host = "penstock";
        }
        return host + "_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }
}
