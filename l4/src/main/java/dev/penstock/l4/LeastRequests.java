package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Of two endpoints taken at random the one with fewer of this event loop's requests in flight. To
 * look at two does nearly as well as to look at all, and does not send every loop to the same one
 * (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing").
 */
final class LeastRequests implements Balancer {

    private final RandomGenerator random;

    /** Holds what has requests in flight, and idle endpoints of the last set that was seen. */
    private final Map<LiveEndpoint, InFlight> inFlight = new HashMap<>();

    private @Nullable EndpointSet seen;

    LeastRequests(RandomGenerator random) {
        this.random = random;
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
