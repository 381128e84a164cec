package dev.penstock.routing;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one host. Paths stand in one sorted array in which a path is directly followed by
 * all that are below it, and each knows the nearest above it: one binary search finds the longest
 * prefix, and a walk upwards the next best.
 *
 * @param <T> the routes' payload
 */
final class HostTable<T> {

    /**
     * Bytes as unsigned numbers, but {@code /} before all others: what is below a path comes next.
     */
    private static final Comparator<byte[]> PATH_ORDER =
            (a, b) -> {
                int common = Arrays.mismatch(a, b);
                return common < 0 ? 0 : order(a, a.length, b, b.length, common);
            };

    /** The longer spelling first: of {@code /foo/} and {@code /foo} the API prefers the former. */
    static final Comparator<Route> SPELLING =
            Comparator.comparing(route -> !route.path().value().endsWith("/"));

    /** Gateway API, HTTPRouteRule: a method, then more headers, then more query parameters. */
    static final Comparator<Route> PRECEDENCE =
            SPELLING.thenComparingInt(route -> -count(route, Predicate.Method.class))
                    .thenComparingInt(route -> -count(route, Predicate.Header.class))
                    .thenComparingInt(route -> -count(route, Predicate.Query.class));

    private final VirtualHost virtualHost;
    private final byte[] key;
    private final int hash;
    private final PathNode<T>[] nodes;

    private HostTable(VirtualHost virtualHost, PathNode<T>[] nodes) {
        this.virtualHost = virtualHost;
        this.key = key(virtualHost.host());
        this.hash = HostHash.of(key);
        this.nodes = nodes;
    }

    static <T> HostTable<T> compile(VirtualHost host, RouteCompiler<T> compiler) {
        SortedMap<byte[], List<Entry<T>>> byPath = new TreeMap<>(PATH_ORDER);
        for (Route route : host.routes()) {
            Entry<T> entry = new Entry<>(route, compiler.compile(host, route));
            byPath.computeIfAbsent(nodePath(route), _ -> new ArrayList<>(2)).add(entry);
        }
        @SuppressWarnings({"unchecked", "rawtypes"}) // generic array creation
        PathNode<T>[] nodes = new PathNode[byPath.size()];
        int count = 0;
        PathNode<T> previous = null;
        for (var path : byPath.entrySet()) {
            PathNode<T> parent = previous;
            while (parent != null
                    && (parent.prefix() == null || !covers(parent.path(), path.getKey()))) {
                parent = parent.parent();
            }
            previous = node(path.getKey(), path.getValue(), parent);
            nodes[count++] = previous;
        }
        return new HostTable<>(host, nodes);
    }

    private record Entry<T>(Route route, T payload) {}

    private static <T> PathNode<T> node(
            byte[] path, List<Entry<T>> entries, @Nullable PathNode<T> parent) {
        entries.sort(Comparator.comparing(Entry::route, PRECEDENCE));
        Candidate<T> exact = null;
        Candidate<T> prefix = null;
        for (Entry<T> entry : entries.reversed()) {
            if (isExact(entry.route())) {
                exact = new Candidate<>(entry.route(), entry.payload(), exact);
            } else {
                prefix = new Candidate<>(entry.route(), entry.payload(), prefix);
            }
        }
        return new PathNode<>(path, exact, prefix, parent);
    }

    private static int count(Route route, Class<? extends Predicate> kind) {
        int count = 0;
        for (Predicate predicate : route.predicates()) {
            if (kind.isInstance(predicate)) {
                count++;
            }
        }
        return count;
    }

    static boolean isExact(Route route) {
        return route.path().type() == PathType.EXACT;
    }

    /** The path a route's node stands under: canonical, a prefix's without its trailing slash. */
    static byte[] nodePath(Route route) {
        byte[] path = PathBytes.canonical(route.path().value());
        boolean cut = !isExact(route) && path[path.length - 1] == '/';
        return cut ? Arrays.copyOf(path, path.length - 1) : path;
    }

    private static byte[] key(HostPattern host) {
        String text = host.isWildcard() ? host.wildcardSuffix() : host.text();
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    VirtualHost virtualHost() {
        return virtualHost;
    }

    HostPattern pattern() {
        return virtualHost.host();
    }

    /** What the index finds the host by; a wildcard's begins with a dot. */
    byte[] key() {
        return key;
    }

    int hash() {
        return hash;
    }

    /** The best route whose path and predicates hold; null where there is none. */
    @Nullable Candidate<T> match(RequestView request) {
        byte[] path = request.pathBytes();
        int length = request.pathLength();
        PathNode<T> floor = null;
        int common = 0;
        int low = 0;
        int high = nodes.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            PathNode<T> node = nodes[middle];
            byte[] text = node.path();
            int mismatch = Arrays.mismatch(text, 0, text.length, path, 0, length);
            if (mismatch < 0) {
                floor = node;
                common = length;
                break;
            }
            if (order(text, text.length, path, length, mismatch) < 0) {
                floor = node;
                common = mismatch;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return floor == null ? null : best(floor, common, request);
    }

    /**
     * The best route at a node or above it.
     *
     * @param floor the last node whose path is not behind the request's
     * @param common how many bytes the two begin with in common
     */
    private static <T> @Nullable Candidate<T> best(
            PathNode<T> floor, int common, RequestView request) {
        byte[] path = request.pathBytes();
        int length = request.pathLength();
        if (floor.path().length == length && common == length) {
            Candidate<T> exact = Candidate.first(floor.exact(), request);
            if (exact != null) {
                return exact;
            }
        }
        for (PathNode<T> node = floor; node != null; node = node.parent()) {
            int size = node.path().length;
            // All nodes above the floor begin as it does, so one comparison serves them all.
            if (size <= common && (size == length || path[size] == '/')) {
                Candidate<T> prefix = Candidate.first(node.prefix(), request);
                if (prefix != null) {
                    return prefix;
                }
            }
        }
        return null;
    }

    void forEach(Consumer<Candidate<T>> action) {
        for (PathNode<T> node : nodes) {
            for (Candidate<T> c = node.exact(); c != null; c = c.next()) {
                action.accept(c);
            }
            for (Candidate<T> c = node.prefix(); c != null; c = c.next()) {
                action.accept(c);
            }
        }
    }

    /** Whether a prefix without its trailing slash covers a path, element by element. */
    static boolean covers(byte[] prefix, byte[] path) {
        int common = Arrays.mismatch(prefix, path);
        return common < 0 || (common == prefix.length && path[common] == '/');
    }

    private static int order(byte[] a, int aLength, byte[] b, int bLength, int mismatch) {
        if (mismatch == aLength) {
            return -1;
        }
        return mismatch == bLength ? 1 : rank(a[mismatch]) - rank(b[mismatch]);
    }

    private static int rank(byte value) {
        return value == '/' ? 0 : value & 0xff;
    }
}
