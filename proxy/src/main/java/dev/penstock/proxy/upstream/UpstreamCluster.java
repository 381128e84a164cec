package dev.penstock.proxy.upstream;

import dev.penstock.l4.BackendPort;
import dev.penstock.l4.EndpointSet;
import org.jspecify.annotations.Nullable;

/**
 * A Service port as routes use it: the live handle of its endpoints and, for each event loop, a
 * balancer and pools. Survives changes of the configuration.
 */
public final class UpstreamCluster {

    private final ClusterKey key;
    private final BackendPort port;
    // Each element belongs to the loop of its index.
    private final @Nullable LoopCluster[] loops;
    private volatile boolean retired;

    UpstreamCluster(ClusterKey key, BackendPort port, int loopCount) {
        this.key = key;
        this.port = port;
        this.loops = new LoopCluster[loopCount];
    }

    public ClusterKey key() {
        return key;
    }

    BackendPort port() {
        return port;
    }

    EndpointSet endpoints() {
        return key.serviceUpstream() ? port.serviceUpstream() : port.endpoints();
    }

    @Nullable LoopCluster on(int loop) {
        return loops[loop];
    }

    void put(int loop, @Nullable LoopCluster cluster) {
        loops[loop] = cluster;
    }

    void retire() {
        retired = true;
    }

    /** Whether no route of the current configuration uses it. */
    boolean isRetired() {
        return retired;
    }
}
