package dev.penstock.l4;

import dev.penstock.model.service.LoadBalancing;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
        return withAffinity(balancer, port::affinity);
    }

    /**
     * A balancer that sends a client to where it was sent before, as long as there is a table.
     *
     * @param balancer chooses for clients that are new or whose endpoint is gone
     * @param affinity the table, which several balancers may share; null for no affinity
     */
    public static Balancer withAffinity(
            Balancer balancer, Supplier<@Nullable AffinityTable> affinity) {
        return new ClientAffinity(affinity, balancer);
    }

    /** Each endpoint in turn. */
    public static Balancer roundRobin(RandomGenerator random) {
        return new RoundRobin(random);
    }

    /** Any endpoint with equal chance. */
    public static Balancer random(RandomGenerator random) {
        return new RandomChoice(random);
    }

    /** Each endpoint in turn, as often as its {@linkplain LiveEndpoint#weight() weight} says. */
    public static Balancer weighted() {
        return new SmoothWeighted();
    }

    /**
     * The endpoint with the fewest connections that were {@linkplain Balancer#started started} and
     * have not finished; any of those where several have.
     */
    public static Balancer leastConnections(RandomGenerator random) {
        return new LeastRequests(random, true);
    }

    /** By the client's address, moving as few clients as can be when endpoints change. */
    public static Balancer sourceHash() {
        return new SourceHash();
    }
}
