package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Each endpoint in turn, as often as its weight says, and the turns of one spread over the round:
 * each pick raises every endpoint's credit by its weight, takes the one with the most, and lowers
 * that one's by the sum of the weights. Weights 5, 1, 1 give a, a, b, a, c, a, a.
 */
final class SmoothWeighted implements Balancer {

    private static final long[] NONE = {};

    private @Nullable EndpointSet seen;
    private long[] credits = NONE;

    @Override
    public @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried) {
        follow(set);
        int choice = -1;
        long sum = 0;
        for (int i = 0; i < set.size(); i++) {
            LiveEndpoint endpoint = set.get(i);
            if (!tried.contains(endpoint)) {
                credits[i] += endpoint.weight();
                sum += endpoint.weight();
                choice = choice < 0 || credits[i] > credits[choice] ? i : choice;
            }
        }
        if (choice < 0) {
            return null;
        }
        credits[choice] -= sum;
        return set.get(choice);
    }

    /** A set that changed begins a new round. */
    @SuppressWarnings("ReferenceEquality") // a set that changed is another instance
    private void follow(EndpointSet set) {
        if (set != seen) {
            seen = set;
            credits = new long[set.size()];
        }
    }
}
