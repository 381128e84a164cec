package dev.penstock.routing;

import org.jspecify.annotations.Nullable;

/**
 * The routes of one path within a host.
 *
 * @param <T> the routes' payload
 */
final class PathNode<T> {

    private final byte[] path;
    private final @Nullable Candidate<T> exact;
    private final @Nullable Candidate<T> prefix;
    private final @Nullable PathNode<T> parent;

    /**
     * A node.
     *
     * @param path the canonical path, a prefix's without its trailing slash: empty for the root
     * @param exact the routes that want this path and no other
     * @param prefix the routes that want this path or one below it
     * @param parent the nearest node above that has prefix routes
     */
    PathNode(
            byte[] path,
            @Nullable Candidate<T> exact,
            @Nullable Candidate<T> prefix,
            @Nullable PathNode<T> parent) {
        this.path = path;
        this.exact = exact;
        this.prefix = prefix;
        this.parent = parent;
    }

    byte[] path() {
        return path;
    }

    @Nullable Candidate<T> exact() {
        return exact;
    }

    @Nullable Candidate<T> prefix() {
        return prefix;
    }

    @Nullable PathNode<T> parent() {
        return parent;
    }
}
