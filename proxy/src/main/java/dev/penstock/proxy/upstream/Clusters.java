package dev.penstock.proxy.upstream;

import dev.penstock.l4.ServiceTable;
import java.util.HashMap;
import java.util.Map;

/**
 * Which clusters the routes use. Belongs to the thread that applies configurations. A cluster is
 * there from the first route that takes it until the last one gives it back.
 */
public final class Clusters {

    private final ServiceTable services;
    private final int loopCount;
    private final Map<ClusterKey, Use> uses = new HashMap<>();

    public Clusters(ServiceTable services, int loopCount) {
        this.services = services;
        this.loopCount = loopCount;
    }

    /** The cluster of a key, for one more route. */
    public UpstreamCluster take(ClusterKey key) {
        Use use = uses.get(key);
        if (use == null) {
            use = new Use(new UpstreamCluster(key, services.port(key.service()), loopCount));
            uses.put(key, use);
        }
        use.routes++;
        return use.cluster;
    }

    /**
     * Takes back a cluster from a route that is gone. After the last one its connections are closed
     * at the next {@link UpstreamLoop#sweep()}, when they are free.
     */
    public void giveBack(UpstreamCluster cluster) {
        Use use = uses.get(cluster.key());
        if (use == null || use.cluster != cluster) {
            throw new IllegalStateException("cluster: " + cluster.key() + " (expected: in use)");
        }
        use.routes--;
        if (use.routes == 0) {
            uses.remove(cluster.key());
            services.release(cluster.key().service());
            cluster.retire();
        }
    }

    public int size() {
        return uses.size();
    }

    private static final class Use {
        private final UpstreamCluster cluster;
        private int routes;

        Use(UpstreamCluster cluster) {
            this.cluster = cluster;
        }
    }
}
