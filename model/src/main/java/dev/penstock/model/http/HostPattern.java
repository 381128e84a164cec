package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

/**
 * The host of a rule: exact ({@code shop.example.com}), a wildcard for exactly one first label
 * ({@code *.example.com}), or any host. Text is lower case without a trailing dot or a port.
 *
 * <p>Source: Kubernetes documentation, Ingress, "Hostname wildcards".
 *
 * @param text the host as written; empty for any host
 */
public record HostPattern(String text) implements Comparable<HostPattern> {

    /** Matches every host. */
    public static final HostPattern ANY = new HostPattern("");

    public HostPattern {
        requireNonNull(text, "text");
    }

    public boolean isAny() {
        return text.isEmpty();
    }

    public boolean isWildcard() {
        return text.startsWith("*.");
    }

    /** The part behind {@code *} of a wildcard, with its leading dot: {@code .example.com}. */
    public String wildcardSuffix() {
        return text.substring(1);
    }

    @Override
    public int compareTo(HostPattern other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return isAny() ? "*" : text;
    }
}
