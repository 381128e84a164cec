package dev.penstock.l4;

import java.net.InetAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Picks endpoints of one Service port for one event loop, which owns it: no locks, no sharing
 * between loops but the table of session affinity.
 */
public interface Balancer {

    /**
     * The endpoint to use next.
     *
     * @param set the port's endpoints as the request sees them
     * @param client the client's address
     * @param tried those the request has tried; none of them is picked
     * @return null when the set is empty or every endpoint was tried
     */
    @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried);

    /** A request is sent to an endpoint that was picked. */
    default void started(LiveEndpoint endpoint) {}

    /** A request that was {@linkplain #started started} has ended, however it did. */
    default void finished(LiveEndpoint endpoint) {}
}
