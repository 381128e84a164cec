package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Each endpoint in turn. Begins anywhere, so that event loops do not march in step. */
final class RoundRobin implements Balancer {

    private int turn;

    RoundRobin(RandomGenerator random) {
        turn = random.nextInt();
    }

    @Override
    public @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried) {
        int size = set.size();
        for (int i = 0; i < size; i++) {
            LiveEndpoint endpoint = set.get(Integer.remainderUnsigned(turn++, size));
            if (!tried.contains(endpoint)) {
                return endpoint;
            }
        }
        return null;
    }
}
