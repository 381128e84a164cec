package dev.penstock.routing;

import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.VirtualHost;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All routes by host and path. Immutable: a change makes a new table that shares every unchanged
 * host with the former one.
 *
 * <p>Precedence: an exact host before a wildcard before any host, and the first of these that
 * exists decides alone; in it an exact path before a prefix, a longer prefix before a shorter one;
 * for one path a route with a method predicate before one without, then more header predicates,
 * then more query predicates, then the older object. A route whose predicates do not hold makes way
 * for the next best. What no route of the host takes goes to the default route.
 *
 * @param <T> the caller's compiled route, given back by a match
 */
public final class RouteTable<T> {

    private final List<HostTable<T>> hosts;
    private final HostIndex<T> index;
    private final @Nullable HostTable<T> any;
    private final @Nullable Candidate<T> fallback;

    RouteTable(
            List<HostTable<T>> hosts,
            HostIndex<T> index,
            @Nullable HostTable<T> any,
            @Nullable Candidate<T> fallback) {
        this.hosts = hosts;
        this.index = index;
        this.any = any;
        this.fallback = fallback;
    }

    /** The table of no routes. */
    public static <T> RouteTable<T> empty() {
        return new RouteTable<>(List.of(), HostIndex.of(List.of(), 0), null, null);
    }

    /**
     * The table for another configuration. Hosts whose {@link VirtualHost} is the same instance as
     * before are shared with this table, payloads and all.
     *
     * @param config hosts and routes
     * @param compiler makes the payloads of the routes of new and changed hosts, in their order,
     *     and takes back those of changed and removed hosts
     */
    public RouteTable<T> update(HttpConfig config, RouteCompiler<T> compiler) {
        return new RouteTableUpdate<>(this, compiler).apply(config);
    }

    /**
     * The payload of the route that takes a request; null where none does. Allocates nothing unless
     * the view does.
     */
    public @Nullable T match(RequestView request) {
        HostTable<T> host = host(request);
        Candidate<T> best = host == null ? null : host.match(request);
        if (best == null) {
            best = fallback;
        }
        return best == null ? null : best.payload();
    }

    /**
     * Which route takes a request, why, and why those that nearly do not. Slow: for people, not for
     * traffic.
     */
    public Explanation explain(RequestView request) {
        return new Explainer<>(this, request).explain();
    }

    /** The host that decides over a request alone; null where no host matches. */
    @Nullable HostTable<T> host(RequestView request) {
        byte[] bytes = request.hostBytes();
        int start = request.hostStart();
        int length = request.hostLength();
        // An empty first label is no host name; it must not be taken for a wildcard's key.
        if (length > 0 && bytes[start] != '.') {
            HostTable<T> named = named(bytes, start, length);
            if (named != null) {
                return named;
            }
        }
        return any;
    }

    private @Nullable HostTable<T> named(byte[] bytes, int start, int length) {
        long hash = HostHash.start();
        long suffixHash = 0;
        int dot = -1;
        for (int i = start + length - 1; i >= start; i--) {
            hash = HostHash.add(hash, bytes[i]);
            if (bytes[i] == '.') {
                dot = i;
                suffixHash = hash;
            }
        }
        HostTable<T> exact = index.find(HostHash.finish(hash), bytes, start, length);
        if (exact != null || dot < 0) {
            return exact;
        }
        return index.find(HostHash.finish(suffixHash), bytes, dot, start + length - dot);
    }

    /** Hosts sorted by pattern. */
    List<HostTable<T>> hosts() {
        return hosts;
    }

    HostIndex<T> index() {
        return index;
    }

    @Nullable HostTable<T> any() {
        return any;
    }

    @Nullable Candidate<T> fallback() {
        return fallback;
    }
}
