package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

/**
 * How a route's path is compared with a request's normalised path.
 *
 * @param type how to compare
 * @param value the path as written in the object; begins with {@code /}
 */
public record PathMatch(PathType type, String value) {

    /** Matches every path. */
    public static final PathMatch ALL = new PathMatch(PathType.PREFIX, "/");

    public PathMatch {
        requireNonNull(type, "type");
        requireNonNull(value, "value");
        if (!value.startsWith("/")) {
            throw new IllegalArgumentException("value: " + value + " (expected: begins with /)");
        }
    }

    @Override
    public String toString() {
        return type.apiName() + " " + value;
    }
}
