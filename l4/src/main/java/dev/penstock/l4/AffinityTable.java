package dev.penstock.l4;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint each client of a Service port was sent to ({@code sessionAffinity: ClientIP}).
 * Shared by all event loops; bounded. An entry goes when the client has not come for the timeout.
 */
public final class AffinityTable {

    private final Cache<InetAddress, LiveEndpoint> byClient;

    /**
     * Remembers nobody.
     *
     * @param timeout how long a client's last use counts
     * @param clientsMax how many clients are remembered, the most recent ones
     */
    public AffinityTable(Duration timeout, int clientsMax) {
        this(timeout, clientsMax, Ticker.systemTicker());
    }

    AffinityTable(Duration timeout, int clientsMax, Ticker ticker) {
        this.byClient =
                Caffeine.newBuilder()
                        .maximumSize(clientsMax)
                        .expireAfterAccess(timeout)
                        .ticker(ticker)
                        // Upkeep is short; a common pool's thread per entry would cost more.
                        .executor(Runnable::run)
                        .build();
    }

    /** Changes the timeout of all entries, from the last use of each. */
    public void timeout(Duration timeout) {
        byClient.policy()
                .expireAfterAccess()
                .filter(expiry -> !expiry.getExpiresAfter().equals(timeout))
                .ifPresent(expiry -> expiry.setExpiresAfter(timeout));
    }

    /** Where the client was last sent to, if it was within the timeout; starts the timeout anew. */
    @Nullable LiveEndpoint get(InetAddress client) {
        return byClient.getIfPresent(client);
    }

    /**
     * Remembers where a client is sent that has no entry.
     *
     * @return where another event loop has sent it meanwhile, else null
     */
    @Nullable LiveEndpoint putIfAbsent(InetAddress client, LiveEndpoint endpoint) {
        return byClient.asMap().putIfAbsent(client, endpoint);
    }

    /** Sends a client elsewhere, unless another event loop has done so meanwhile. */
    void replace(InetAddress client, LiveEndpoint former, LiveEndpoint next) {
        boolean _ = byClient.asMap().replace(client, former, next);
    }
}
