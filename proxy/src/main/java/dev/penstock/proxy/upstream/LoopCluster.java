package dev.penstock.proxy.upstream;

import dev.penstock.l4.Availability;
import dev.penstock.l4.Balancer;
import dev.penstock.l4.EndpointSet;
import dev.penstock.l4.LiveEndpoint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster on one event loop: its balancer and its pools. */
public final class LoopCluster {

    private final UpstreamCluster cluster;
    private final UpstreamLoop loop;
    private final Balancer balancer;
    private final Map<LiveEndpoint, EndpointPool> pools = new HashMap<>();
    private EndpointSet seen;
    // Whether connecting to any endpoint failed since all were last seen to be well.
    private boolean failures;

    LoopCluster(UpstreamCluster cluster, UpstreamLoop loop, Balancer balancer) {
        this.cluster = cluster;
        this.loop = loop;
        this.balancer = balancer;
        this.seen = cluster.endpoints();
    }

    /** Whether there is an endpoint to send requests to. */
    public Availability availability() {
        return cluster.endpoints().availability();
    }

    /**
     * The endpoint to try next, or null where every one was tried or there is none. One that could
     * not be connected to a short time ago is given only after all others.
     *
     * @param tried what this request has tried
     */
    public @Nullable EndpointPool pick(InetAddress client, List<LiveEndpoint> tried) {
        EndpointSet set = cluster.endpoints();
        if (set != seen) {
            follow(set);
        }
        LiveEndpoint endpoint = balancer.pick(set, client, tried);
        if (endpoint == null) {
            return null;
        }
        EndpointPool pool = pool(endpoint, set);
        if (failures && pool.failedLately()) {
            return insteadOf(pool, set, client, tried);
        }
        return pool;
    }

    private EndpointPool insteadOf(
            EndpointPool failed, EndpointSet set, InetAddress client, List<LiveEndpoint> tried) {
        List<LiveEndpoint> avoided = new ArrayList<>(tried);
        avoided.add(failed.endpoint());
        LiveEndpoint other = balancer.pick(set, client, avoided);
        while (other != null) {
            EndpointPool pool = pool(other, set);
            if (!pool.failedLately()) {
                return pool;
            }
            avoided.add(other);
            other = balancer.pick(set, client, avoided);
        }
        return failed;
    }

    private EndpointPool pool(LiveEndpoint endpoint, EndpointSet set) {
        EndpointPool pool = pools.get(endpoint);
        if (pool == null) {
            pool = loop.newPool(cluster, endpoint, set.externalName());
            pools.put(endpoint, pool);
        }
        return pool;
    }

    /** Remembers that an endpoint could not be connected to. */
    public void connectFailed() {
        failures = true;
    }

    /** A request is sent to an endpoint. */
    public void started(EndpointPool pool) {
        balancer.started(pool.endpoint());
    }

    /** A request that was started has ended, however it did. */
    public void finished(EndpointPool pool) {
        balancer.finished(pool.endpoint());
    }

    /** Ends pools of endpoints that are gone. */
    void follow(EndpointSet set) {
        seen = set;
        failures = false;
        for (Iterator<EndpointPool> all = pools.values().iterator(); all.hasNext(); ) {
            EndpointPool pool = all.next();
            if (set.contains(pool.endpoint())) {
                failures |= pool.failedLately();
            } else {
                all.remove();
                pool.retire();
            }
        }
    }

    /**
     * Brings the pools up to date where no request has done so.
     *
     * @return whether anything is left to look after
     */
    boolean sweep() {
        if (cluster.isRetired()) {
            retire();
            return false;
        }
        EndpointSet set = cluster.endpoints();
        if (set != seen) {
            follow(set);
        }
        return true;
    }

    void retire() {
        for (EndpointPool pool : pools.values()) {
            pool.retire();
        }
        pools.clear();
    }

    UpstreamCluster cluster() {
        return cluster;
    }

    Collection<EndpointPool> pools() {
        return pools.values();
    }
}
