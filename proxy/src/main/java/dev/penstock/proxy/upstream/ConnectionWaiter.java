package dev.penstock.proxy.upstream;

import dev.penstock.proxy.stream.ClientConnection;

/** Who asked a pool for a connection. Told exactly once unless it cancels. */
public interface ConnectionWaiter {

    /**
     * A connection that takes a stream. Unless the waiter opens one during the call the connection
     * goes back to the pool.
     */
    void onConnection(ClientConnection connection);

    void onConnectFailed(ConnectFailure failure);
}
