package dev.penstock.proxy.trace;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One try of a request at an endpoint, with the time it took to get a connection.
 *
 * @param id the span's id
 * @param startNanos from the start of the request
 * @param endNanos from the start of the request
 * @param address the endpoint's address
 * @param port the endpoint's port
 * @param secure whether the endpoint is spoken to in TLS
 * @param resends tries before this one
 * @param status what the endpoint answered; 0 where it did not
 * @param error why the try did not go as it should, as in logs and metrics; null where it did
 */
public record AttemptSpan(
        long id,
        long startNanos,
        long endNanos,
        String address,
        int port,
        boolean secure,
        int resends,
        int status,
        @Nullable String error) {

    public AttemptSpan {
        requireNonNull(address, "address");
    }
}
