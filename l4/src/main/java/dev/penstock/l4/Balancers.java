package dev.penstock.l4;

import dev.penstock.model.service.LoadBalancing;
import java.util.random.RandomGenerator;

/** Makes balancers. */
public final class Balancers {

    private Balancers() {}

    /**
     * A balancer for one event loop and one Service port. It honours the Service's session affinity
     * where it has one, and begins or ceases to when the Service changes.
     *
     * @param kind how an endpoint is chosen
     * @param port the port, for its session affinity
     * @param random the event loop's source of randomness, used on that loop only
     */
    public static Balancer create(LoadBalancing kind, BackendPort port, RandomGenerator random) {
        Balancer balancer =
                switch (kind) {
                    case ROUND_ROBIN -> new RoundRobin(random);
                    case RANDOM -> new RandomChoice(random);
                    case LEAST_REQUESTS -> new LeastRequests(random);
                    case SOURCE_HASH -> new SourceHash();
                };
        return new ClientAffinity(port, balancer);
    }
}
