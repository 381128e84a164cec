package dev.penstock.l4.ipvs;

import static java.util.Objects.requireNonNull;

/**
 * What the mode ipvs can be told.
 *
 * @param scheduler the kernel's scheduler where a Service asks for none ({@code --ipvs-scheduler})
 */
public record IpvsSettings(String scheduler) {

    /** Round robin, as kube-proxy has it. */
    public static final IpvsSettings DEFAULT = new IpvsSettings(Scheduler.ROUND_ROBIN);

    /**
     * @throws IllegalArgumentException if there is no such scheduler; the message names all
     */
    public IpvsSettings {
        requireNonNull(scheduler, "scheduler");
        if (!Scheduler.NAMES.contains(scheduler)) {
            throw new IllegalArgumentException(
                    "ipvs scheduler: "
                            + scheduler
                            + " (expected: one of "
                            + String.join(", ", Scheduler.NAMES)
                            + ")");
        }
    }
}
