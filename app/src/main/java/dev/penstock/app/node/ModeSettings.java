package dev.penstock.app.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.userspace.UserspaceSettings;
import dev.penstock.model.address.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which mode, and what each mode is told.
 *
 * @param name the mode's name; {@value #AUTO} to choose by what the machine has
 * @param ipvsScheduler the scheduler of ipvs mode where a Service asks for none
 * @param serviceCidrs the networks of cluster addresses, for nftables mode; empty where unknown
 * @param userspace for userspace mode, and for loopback node ports beside other modes
 * @param localhostNodePorts whether node ports are served on 127.0.0.1; null for what kube-proxy
 *     does in the mode
 */
public record ModeSettings(
        String name,
        String ipvsScheduler,
        List<Cidr> serviceCidrs,
        UserspaceSettings userspace,
        @Nullable Boolean localhostNodePorts) {

    /** Chooses the mode by what the machine has. */
    public static final String AUTO = "auto";

    public ModeSettings {
        requireNonNull(name, "name");
        requireNonNull(ipvsScheduler, "ipvsScheduler");
        serviceCidrs = List.copyOf(serviceCidrs);
        requireNonNull(userspace, "userspace");
    }
}
