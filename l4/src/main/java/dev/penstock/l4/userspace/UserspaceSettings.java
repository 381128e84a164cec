package dev.penstock.l4.userspace;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.L4Settings;
import java.time.Duration;

/**
 * What holds for all Services in userspace mode.
 *
 * @param redirect whether rules send connections to the sockets, which needs root; without, each
 *     Service is served on a loopback address ({@code --no-redirect})
 * @param eventLoops how many threads copy, at least 1
 * @param udpTimeout how long a UDP client's session outlives its last datagram once a destination
 *     has answered; before, it is {@value #UDP_UNANSWERED_SECONDS} s or this if shorter
 * @param udpSessionsMax how many UDP sessions a virtual service has at most
 * @param affinityClientsMax how many clients the session affinity of a virtual service remembers
 * @param descriptorsMax how many file descriptors sockets may take in all; 0 for three quarters of
 *     what the process may open
 */
public record UserspaceSettings(
        boolean redirect,
        int eventLoops,
        Duration udpTimeout,
        int udpSessionsMax,
        int affinityClientsMax,
        int descriptorsMax) {

    /**
     * How long a UDP session lives that was never answered: as long as conntrack remembers the
     * redirection of such a flow ({@code nf_conntrack_udp_timeout}).
     */
    static final int UDP_UNANSWERED_SECONDS = 30;

    /**
     * How long a UDP session lives after its last datagram: as long as conntrack remembers the
     * redirection ({@code nf_conntrack_udp_timeout_stream}). An answer after that could not leave
     * with the Service's address any more.
     */
    public static final Duration UDP_TIMEOUT_DEFAULT = Duration.ofMinutes(2);

    /** How many UDP sessions a virtual service has at most unless told otherwise. */
    public static final int UDP_SESSIONS_DEFAULT = 10_000;

    /** How many threads copy unless told otherwise. */
    public static final int EVENT_LOOPS_DEFAULT =
            Math.min(2, Runtime.getRuntime().availableProcessors());

    public UserspaceSettings {
        requireNonNull(udpTimeout, "udpTimeout");
        requirePositive(eventLoops, "eventLoops");
        requirePositive(udpSessionsMax, "udpSessionsMax");
        requirePositive(affinityClientsMax, "affinityClientsMax");
        if (!udpTimeout.isPositive()) {
            throw new IllegalArgumentException("udpTimeout: " + udpTimeout + " (expected: > 0)");
        }
        if (descriptorsMax < 0) {
            throw new IllegalArgumentException(
                    "descriptorsMax: " + descriptorsMax + " (expected: >= 0)");
        }
    }

    private static void requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    /** The defaults, with or without redirection. */
    public static UserspaceSettings of(boolean redirect) {
        return new UserspaceSettings(
                redirect,
                EVENT_LOOPS_DEFAULT,
                UDP_TIMEOUT_DEFAULT,
                UDP_SESSIONS_DEFAULT,
                L4Settings.AFFINITY_CLIENTS_DEFAULT,
                0);
    }

    /** These settings with another timeout of UDP sessions. */
    public UserspaceSettings withUdpTimeout(Duration timeout) {
        return new UserspaceSettings(
                redirect, eventLoops, timeout, udpSessionsMax, affinityClientsMax, descriptorsMax);
    }
}
