package dev.penstock.proxy.stream;

import java.time.Duration;

/**
 * What a client may make a server connection hold or wait for.
 *
 * @param headBytesMax bytes of a head with its request line, or of a trailer section; beyond: 431
 * @param fieldsMax fields of a head; beyond: 431
 * @param targetBytesMax bytes of a request's target; beyond: 414
 * @param headTimeout from the first byte of a head to its last, and from accept to the first head;
 *     beyond: 408 or close
 * @param keepAliveTimeout how long a connection may be without a request
 * @param drainTimeout how long an ended exchange's unread request body is read and thrown away
 *     before the connection is closed
 * @param requestsMax requests on one connection; then it is closed
 * @param concurrentStreamsMax streams at once on an HTTP/2 connection
 * @param streamWindow bytes of request body an HTTP/2 client may send ahead on a stream
 * @param stalledStreamTimeout how long an HTTP/2 stream may have data to send without window
 */
public record ServerLimits(
        int headBytesMax,
        int fieldsMax,
        int targetBytesMax,
        Duration headTimeout,
        Duration keepAliveTimeout,
        Duration drainTimeout,
        long requestsMax,
        int concurrentStreamsMax,
        int streamWindow,
        Duration stalledStreamTimeout) {

    /** Limits for the open internet. */
    public static final ServerLimits DEFAULT =
            new ServerLimits(
                    64 * 1024,
                    100,
                    8 * 1024,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(5),
                    Long.MAX_VALUE,
                    100,
                    64 * 1024,
                    Duration.ofSeconds(60));
}
