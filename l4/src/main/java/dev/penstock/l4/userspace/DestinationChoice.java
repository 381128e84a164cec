package dev.penstock.l4.userspace;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.AffinityTable;
import dev.penstock.l4.Availability;
import dev.penstock.l4.Balancer;
import dev.penstock.l4.Balancers;
import dev.penstock.l4.EndpointSet;
import dev.penstock.l4.LiveEndpoint;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among destinations for new connections and UDP sessions, by the balancers that the L7
 * proxy uses. One for all event loops, so that turns and counts of connections are exact. Any
 * thread.
 */
final class DestinationChoice {

    private final Supplier<@Nullable AffinityTable> affinity;
    private Algorithm algorithm = Algorithm.ROUND_ROBIN;
    private Balancer balancer;
    private @Nullable MaglevChoice maglev;

    /** Who is being chosen for: a balancer is told its address alone. */
    private @Nullable InetSocketAddress client;

    private List<Destination> destinations = List.of();
    private volatile EndpointSet endpoints = EndpointSet.unavailable(Availability.NO_ENDPOINTS);

    /**
     * A choice among nothing.
     *
     * @param affinity where clients were sent before; null for no affinity; asked at each choice
     */
    DestinationChoice(Supplier<@Nullable AffinityTable> affinity) {
        this.affinity = affinity;
        this.balancer = balancer(algorithm);
    }

    private Balancer balancer(Algorithm kind) {
        SplittableRandom random = new SplittableRandom();
        Balancer choice =
                switch (kind) {
                    case ROUND_ROBIN -> Balancers.roundRobin(random);
                    case RANDOM -> Balancers.random(random);
                    case WEIGHTED -> Balancers.weighted();
                    case LEAST_CONNECTIONS -> Balancers.leastConnections(random);
                    case SOURCE_HASH -> Balancers.sourceHash();
                    case MAGLEV -> (_, _, tried) -> maglev(tried);
                };
        return Balancers.withAffinity(choice, affinity);
    }

    private @Nullable LiveEndpoint maglev(Collection<LiveEndpoint> tried) {
        return maglev == null || client == null ? null : maglev.pick(client, tried);
    }

    /** Takes over destinations and how to choose among them; null stands for in turn. */
    synchronized void update(List<Destination> next, @Nullable Algorithm wanted) {
        Algorithm kind = wanted == null ? Algorithm.ROUND_ROBIN : wanted;
        boolean isNew = kind != algorithm;
        if (isNew) {
            algorithm = kind;
            balancer = balancer(kind);
        }
        if (!next.equals(destinations)) {
            isNew = true;
            destinations = next;
            endpoints = endpoints(next);
        }
        if (isNew) {
            maglev = kind == Algorithm.MAGLEV ? maglev(next) : null;
        }
    }

    private @Nullable MaglevChoice maglev(List<Destination> next) {
        List<Destination> taking = Destination.takingNew(next);
        Map<Destination, LiveEndpoint> live = new HashMap<>();
        // The endpoints are those of the destinations in their order.
        for (int i = 0; i < taking.size(); i++) {
            live.put(taking.get(i), endpoints.get(i));
        }
        return taking.isEmpty()
                ? null
                : new MaglevChoice(
                        taking, destination -> requireNonNull(live.get(destination), "endpoint"));
    }

    /** Those that take new connections. An endpoint that stays is the same instance. */
    private EndpointSet endpoints(List<Destination> next) {
        Map<LiveEndpoint, LiveEndpoint> known = new HashMap<>();
        endpoints.asList().forEach(endpoint -> known.put(endpoint, endpoint));
        List<LiveEndpoint> live = new ArrayList<>(next.size());
        for (Destination destination : Destination.takingNew(next)) {
            int weight = Math.max(1, destination.weight());
            LiveEndpoint endpoint =
                    new LiveEndpoint(
                            InetAddress.ofLiteral(destination.address()),
                            destination.port(),
                            weight);
            LiveEndpoint former = known.get(endpoint);
            live.add(former != null && former.weight() == weight ? former : endpoint);
        }
        return live.isEmpty()
                ? EndpointSet.unavailable(Availability.NO_ENDPOINTS)
                : EndpointSet.of(live);
    }

    /**
     * Chooses where to send a client, and counts that as a connection until {@link #ended}.
     *
     * @param from the client's address and port
     * @param tried those that have failed it; where all have, they are forgotten and tried again
     * @return null where there is no destination
     */
    synchronized @Nullable LiveEndpoint begin(
            InetSocketAddress from, Collection<LiveEndpoint> tried) {
        EndpointSet set = endpoints;
        client = from;
        LiveEndpoint choice = balancer.pick(set, from.getAddress(), tried);
        if (choice == null && !tried.isEmpty()) {
            tried.clear();
            choice = balancer.pick(set, from.getAddress(), tried);
        }
        if (choice != null) {
            balancer.started(choice);
        }
        return choice;
    }

    /** A connection that was {@linkplain #begin begun} has ended or failed. */
    synchronized void ended(LiveEndpoint endpoint) {
        balancer.finished(endpoint);
    }

    /** Whether connections may still be sent to an endpoint. */
    boolean contains(LiveEndpoint endpoint) {
        return endpoints.contains(endpoint);
    }

    boolean isEmpty() {
        return endpoints.size() == 0;
    }
}
