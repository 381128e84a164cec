package dev.penstock.model.service;

/**
 * How one of several endpoints is chosen. {@link #annotationValue()} is the value of {@code
 * penstock.dev/load-balance}.
 */
public enum LoadBalancing {
    /** Each in turn. */
    ROUND_ROBIN("round-robin"),
    /** Any, with equal chance. */
    RANDOM("random"),
    /** The one with fewer requests in flight of two taken at random. */
    LEAST_REQUESTS("least-requests"),
    /**
     * By the client's address, moving as few clients as can be when endpoints change (rendezvous
     * hashing).
     */
    SOURCE_HASH("source-hash");

    private final String annotationValue;

    LoadBalancing(String annotationValue) {
        this.annotationValue = annotationValue;
    }

    public String annotationValue() {
        return annotationValue;
    }
}
