package dev.penstock.routing;

import org.jspecify.annotations.Nullable;

/**
 * What the matcher asks of a request. Implemented over the parsed head, so that matching copies
 * nothing. Arrays are read only while a call into {@link RouteTable} lasts.
 */
public interface RequestView {

    /** Holds the host: lower case, without a port and without a trailing dot. */
    byte[] hostBytes();

    /** Where the host begins in {@link #hostBytes()}. */
    int hostStart();

    /** The host's length in bytes; 0 where the request has none. */
    int hostLength();

    /** Holds the normalised path from index 0, as {@link RequestPath#bytes()} gives it. */
    byte[] pathBytes();

    /** The normalised path's length in bytes. */
    int pathLength();

    /** Whether the request's method is the given one, compared case-sensitively. */
    boolean methodIs(String method);

    /**
     * A header field's value.
     *
     * @param lowerCaseName the field's name in lower case
     * @return its value, several lines joined by commas; null where the request has no such field
     */
    @Nullable CharSequence header(String lowerCaseName);

    /**
     * A query parameter's value.
     *
     * @param name the parameter's name
     * @return the first value; null where the request has no such parameter
     */
    @Nullable CharSequence query(String name);
}
