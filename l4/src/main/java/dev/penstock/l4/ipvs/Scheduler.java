package dev.penstock.l4.ipvs;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.VirtualService;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the kernel picks a destination (Linux, {@code net/netfilter/ipvs/Kconfig}).
 *
 * @param name the kernel's name for it
 * @param flags its own flags, {@code IP_VS_SVC_F_SCHED1} to {@code 3}
 */
record Scheduler(String name, int flags) {

    static final String ROUND_ROBIN = "rr";

    /** All that the kernel has. */
    static final List<String> NAMES =
            List.of(
                    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf",
                    "mh");

    /** {@code IP_VS_SVC_F_SCHED_SH_FALLBACK}, {@code ..._MH_FALLBACK}: pass over weight 0. */
    static final int FALLBACK = 0x08;

    /** {@code IP_VS_SVC_F_SCHED_MH_PORT}: the client's port counts too. */
    static final int PORT = 0x10;

    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

    Scheduler {
        requireNonNull(name, "name");
    }

    static Scheduler named(String name) {
        return new Scheduler(name, name.equals("sh") || name.equals("mh") ? FALLBACK : 0);
    }

    /**
     * That of a virtual service: the one it names, else that of its algorithm, else the default.
     *
     * @param available whether this kernel has a scheduler
     */
    static Scheduler of(VirtualService service, String otherwise, Predicate<String> available) {
        String named = service.ipvsScheduler();
        Scheduler wanted = named == null ? ofAlgorithm(service.algorithm()) : known(named);
        if (wanted != null && available.test(wanted.name)) {
            return wanted;
        }
        String asked = named == null && wanted != null ? wanted.name : named;
        if (asked != null) {
            log.warn(
                    "Service {}: ipvs scheduler {} is {}; {} is used",
                    service.id(),
                    asked,
                    wanted == null ? "unknown" : "missing in this kernel",
                    otherwise);
        }
        return named(otherwise);
    }

    /** The name of the scheduler that a service asks for; null for none, or none that there is. */
    static @Nullable String asked(VirtualService service) {
        String named = service.ipvsScheduler();
        Scheduler asked = named == null ? ofAlgorithm(service.algorithm()) : known(named);
        return asked == null ? null : asked.name;
    }

    private static @Nullable Scheduler known(String name) {
        return NAMES.contains(name) ? named(name) : null;
    }

    private static @Nullable Scheduler ofAlgorithm(@Nullable Algorithm algorithm) {
        return switch (algorithm) {
            case null -> null;
            case RANDOM, ROUND_ROBIN -> named(ROUND_ROBIN); // the kernel has no random one
            case WEIGHTED -> named("wrr");
            case LEAST_CONNECTIONS -> named("wlc");
            case SOURCE_HASH -> named("sh");
            case MAGLEV -> new Scheduler("mh", FALLBACK | PORT);
        };
    }
}
