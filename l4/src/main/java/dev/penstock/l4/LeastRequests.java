package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint with the fewest requests in flight: of all, for who sees all of them; or, where
 * several event loops send requests, of two taken at random. To look at two does nearly as well as
 * to look at all, and does not send every loop to the same one (Mitzenmacher, "The Power of Two
 * Choices in Randomized Load Balancing").
 */
final class LeastRequests implements Balancer {

    private final RandomGenerator random;
    private final boolean ofAll;

    /** Holds what has requests in flight, and idle endpoints of the last set that was seen. */
    private final Map<LiveEndpoint, InFlight> inFlight = new HashMap<>();

    private @Nullable EndpointSet seen;

    LeastRequests(RandomGenerator random) {
        this(random, false);
    }

    /**
     * A balancer.
     *
     * @param ofAll whether to look at all endpoints rather than at two
     */
    LeastRequests(RandomGenerator random, boolean ofAll) {
        this.random = random;
        this.ofAll = ofAll;
    }

    private static final class InFlight {
        int count;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a set that changed is another instance
    public @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried) {
        if (set != seen) {
            seen = set;
            inFlight.values().removeIf(counter -> counter.count == 0);
        }
        if (ofAll) {
            return leastOfAll(set, tried);
        }
        LiveEndpoint first = RandomChoice.pickUntried(set, tried, random);
        if (first == null || set.size() < 2) {
            return first;
        }
        LiveEndpoint second = tried.isEmpty() ? other(set, first) : null;
        if (second == null) {
            second = RandomChoice.pickUntried(set, tried, random);
        }
        return second != null && count(second) < count(first) ? second : first;
    }

    private @Nullable LiveEndpoint leastOfAll(EndpointSet set, Collection<LiveEndpoint> tried) {
        int size = set.size();
        int start = size == 0 ? 0 : random.nextInt(size);
        LiveEndpoint least = null;
        for (int i = 0; i < size; i++) {
            LiveEndpoint endpoint = set.get((start + i) % size);
            if (!tried.contains(endpoint) && (least == null || count(endpoint) < count(least))) {
                least = endpoint;
            }
        }
        return least;
    }

    /** Another endpoint than the first, with equal chance for each. */
    private @Nullable LiveEndpoint other(EndpointSet set, LiveEndpoint first) {
        int index = random.nextInt(set.size() - 1);
        LiveEndpoint other = set.get(index);
        return other.equals(first) ? set.get(set.size() - 1) : other;
    }

    private int count(LiveEndpoint endpoint) {
        InFlight counter = inFlight.get(endpoint);
        return counter == null ? 0 : counter.count;
    }

    @Override
    public void started(LiveEndpoint endpoint) {
        InFlight counter = inFlight.get(endpoint);
        if (counter == null) {
            counter = new InFlight();
            inFlight.put(endpoint, counter);
        }
        counter.count++;
    }

    @Override
    public void finished(LiveEndpoint endpoint) {
        InFlight counter = inFlight.get(endpoint);
        if (counter != null && counter.count > 0) {
            counter.count--;
        }
    }
}
