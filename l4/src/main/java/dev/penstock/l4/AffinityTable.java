package dev.penstock.l4;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint each client of a Service port was sent to ({@code sessionAffinity: ClientIP}).
 * Shared by all event loops; bounded. An entry goes when the client has not come for the timeout.
 */
final class AffinityTable {

    private final Duration timeout;
    private final Cache<InetAddress, LiveEndpoint> byClient;

    AffinityTable(Duration timeout, int clientsMax) {
        this.timeout = timeout;
        this.byClient =
                Caffeine.newBuilder()
                        .maximumSize(clientsMax)
                        .expireAfterAccess(timeout)
                        .executor(Runnable::run)
                        .build();
    }

    Duration timeout() {
        return timeout;
    }

    /** Where the client was last sent to, if it was within the timeout; starts the timeout anew. */
    @Nullable LiveEndpoint get(InetAddress client) {
        return byClient.getIfPresent(client);
    }

    void put(InetAddress client, LiveEndpoint endpoint) {
        byClient.put(client, endpoint);
    }
}
