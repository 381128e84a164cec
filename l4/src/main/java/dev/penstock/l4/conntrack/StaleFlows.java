package dev.penstock.l4.conntrack;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Services;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the kernel forget UDP flows to endpoints that serve no longer, or that began before their
 * Service was there, so that clients which go on sending reach those that serve. The kernel's table
 * is read only after a change that can leave such flows; the first time all UDP Services are looked
 * at, since changes may have gone by unseen.
 */
public final class StaleFlows implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StaleFlows.class);

    private final BiFunction<FlowCheck.State, FlowCheck.State, FlowCheck> comparison;
    private FlowCheck.State checked = FlowCheck.State.EMPTY;
    private @Nullable FlowTable table;
    private String lastFailure = "";

    private StaleFlows(BiFunction<FlowCheck.State, FlowCheck.State, FlowCheck> comparison) {
        this.comparison = comparison;
    }

    /** For a mode in which the kernel sends flows to endpoints. */
    public static StaleFlows toEndpoints() {
        return new StaleFlows(FlowCheck::between);
    }

    /**
     * For a mode in which the kernel redirects flows to sockets of this process. Flows of Services
     * that come are forgotten; what becomes of endpoints does not matter.
     */
    public static StaleFlows toSockets() {
        return new StaleFlows(FlowCheck::ofSocketsBetween);
    }

    /**
     * Looks at what changed since the last successful time, and logs a failure once.
     *
     * @param services all Services
     * @param plan what was made of them and is in force
     * @return how many flows were deleted
     */
    public int clean(Services services, NodePlan plan) {
        FlowCheck.State now = new FlowCheck.State(services, plan);
        FlowCheck check = comparison.apply(checked, now);
        try {
            int deleted = check.isEmpty() ? 0 : delete(check);
            checked = now;
            lastFailure = "";
            return deleted;
        } catch (RulesException e) {
            close();
            report(String.valueOf(e.getMessage()));
            return 0;
        }
    }

    private int delete(FlowCheck check) throws RulesException {
        FlowTable flows = table();
        int deleted = 0;
        for (IpFamily family : check.families()) {
            deleted += flows.delete(flows.find(family, check::isStale));
        }
        log.debug("{} stale UDP flows deleted", deleted);
        return deleted;
    }

    private FlowTable table() throws RulesException {
        FlowTable present = table;
        if (present == null) {
            present = open();
            table = present;
        }
        return present;
    }

    private static FlowTable open() throws RulesException {
        try {
            return ConntrackSocket.open();
        } catch (RulesException e) {
            if (!Command.exists(ConntrackProgram.NAME)) {
                throw e;
            }
            log.info("{}; the program conntrack is used instead", e.getMessage());
            return new ConntrackProgram();
        }
    }

    private void report(String failure) {
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            log.warn(
                    "UDP flows that lead nowhere any more cannot be deleted: {}; their clients"
                            + " reach nobody until they pause or change their port",
                    failure);
        }
    }

    @Override
    public void close() {
        if (table != null) {
            table.close();
            table = null;
        }
    }
}
