package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Any endpoint with equal chance. */
final class RandomChoice implements Balancer {

    private final RandomGenerator random;

    RandomChoice(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried) {
        return pickUntried(set, tried, random);
    }

    /** Any endpoint that was not tried, with equal chance. */
    static @Nullable LiveEndpoint pickUntried(
            EndpointSet set, Collection<LiveEndpoint> tried, RandomGenerator random) {
        if (set.size() == 0) {
            return null;
        }
        if (tried.isEmpty()) {
            return set.get(random.nextInt(set.size()));
        }
        // The n-th untried one replaces the choice with chance 1/n.
        LiveEndpoint choice = null;
        int untried = 0;
        for (int i = 0; i < set.size(); i++) {
            LiveEndpoint endpoint = set.get(i);
            if (!tried.contains(endpoint) && random.nextInt(++untried) == 0) {
                choice = endpoint;
            }
        }
        return choice;
    }
}
