package dev.penstock.model.service;

import java.time.Duration;

/**
 * {@code sessionAffinity: ClientIP}: a client's connections go to one endpoint until none came for
 * the timeout.
 *
 * @param timeout positive; 10800 s unless the Service says otherwise
 */
public record SessionAffinity(Duration timeout) {

    /** The API's default: 10800 s. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(3);

    public SessionAffinity {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: > 0)");
        }
    }
}
