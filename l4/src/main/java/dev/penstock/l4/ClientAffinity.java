package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a client to the endpoint it was sent to before, where the Service has session affinity;
 * asks another balancer for clients that are new, whose endpoint is gone, or whose endpoint has
 * just failed them.
 */
final class ClientAffinity implements Balancer {

    private final Supplier<@Nullable AffinityTable> affinity;
    private final Balancer choice;

    ClientAffinity(Supplier<@Nullable AffinityTable> affinity, Balancer choice) {
        this.affinity = affinity;
        this.choice = choice;
    }

    @Override
    public @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried) {
        AffinityTable table = affinity.get();
        if (table == null) {
            return choice.pick(set, client, tried);
        }
        LiveEndpoint former = table.get(client);
        if (former != null && isUsable(former, set, tried)) {
            return former;
        }
        LiveEndpoint next = choice.pick(set, client, tried);
        if (next == null) {
            return null;
        }
        if (former != null) {
            table.replace(client, former, next);
            return next;
        }
        LiveEndpoint meanwhile = table.putIfAbsent(client, next);
        return meanwhile != null && isUsable(meanwhile, set, tried) ? meanwhile : next;
    }

    private static boolean isUsable(
            LiveEndpoint endpoint, EndpointSet set, Collection<LiveEndpoint> tried) {
        return set.contains(endpoint) && !tried.contains(endpoint);
    }

    @Override
    public void started(LiveEndpoint endpoint) {
        choice.started(endpoint);
    }

    @Override
    public void finished(LiveEndpoint endpoint) {
        choice.finished(endpoint);
    }
}
