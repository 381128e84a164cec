package dev.penstock.routing;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step from a table to the next: walks the hosts of both in order, side by side.
 *
 * @param <T> the routes' payload
 */
final class RouteTableUpdate<T> {

    private final RouteTable<T> former;
    private final RouteCompiler<T> compiler;
    private final List<HostTable<T>> hosts;
    private final List<HostTable<T>> replacing = new ArrayList<>();
    private final List<HostTable<T>> retired = new ArrayList<>();
    private boolean sameKeys = true;

    RouteTableUpdate(RouteTable<T> former, RouteCompiler<T> compiler) {
        this.former = former;
        this.compiler = compiler;
        this.hosts = new ArrayList<>(former.hosts().size());
    }

    RouteTable<T> apply(HttpConfig config) {
        walk(config.hosts().values());
        Candidate<T> fallback = fallback(config.defaultRoute());
        Candidate<T> formerFallback = former.fallback();
        if (sameKeys && replacing.isEmpty() && fallback == formerFallback) {
            return former;
        }
        RouteTable<T> table = new RouteTable<>(hosts, index(), any(), fallback);
        for (HostTable<T> host : retired) {
            host.forEach(candidate -> compiler.retire(candidate.payload()));
        }
        if (formerFallback != null && formerFallback != fallback) {
            compiler.retire(formerFallback.payload());
        }
        return table;
    }

    @SuppressWarnings("ReferenceEquality") // identity is the contract: unchanged, same instance
    private void walk(Iterable<VirtualHost> wanted) {
        List<HostTable<T>> present = former.hosts();
        int at = 0;
        for (VirtualHost host : wanted) {
            // The same instance needs no look inside: nearly all hosts, in nearly all updates.
            if (at < present.size() && present.get(at).virtualHost() == host) {
                hosts.add(present.get(at++));
                continue;
            }
            if (isUnreachable(host.host())) {
                continue;
            }
            int order = -1;
            while (at < present.size()
                    && present.get(at).virtualHost() != host
                    && (order = host.host().compareTo(present.get(at).pattern())) > 0) {
                retire(present.get(at++));
            }
            if (at < present.size() && present.get(at).virtualHost() == host) {
                hosts.add(present.get(at++));
            } else if (at < present.size() && order == 0) {
                replace(present.get(at++), host);
            } else {
                sameKeys = false;
                hosts.add(HostTable.compile(host, compiler));
            }
        }
        while (at < present.size()) {
            retire(present.get(at++));
        }
    }

    /** A host with an empty first label would stand under the key of a wildcard. */
    private static boolean isUnreachable(HostPattern host) {
        return host.text().startsWith(".");
    }

    private void retire(HostTable<T> host) {
        sameKeys = false;
        retired.add(host);
    }

    private void replace(HostTable<T> present, VirtualHost wanted) {
        HostTable<T> next = HostTable.compile(wanted, compiler);
        hosts.add(next);
        replacing.add(next);
        retired.add(present);
    }

    private HostIndex<T> index() {
        return sameKeys ? former.index().replacing(replacing) : HostIndex.of(hosts, hosts.size());
    }

    /**
     * The host of no name; it sorts before all others. It stands in the index too, under no key.
     */
    private @Nullable HostTable<T> any() {
        return hosts.isEmpty() || !hosts.getFirst().pattern().isAny() ? null : hosts.getFirst();
    }

    @SuppressWarnings("ReferenceEquality") // identity is the contract: unchanged, same instance
    private @Nullable Candidate<T> fallback(@Nullable Route route) {
        if (route == null) {
            return null;
        }
        Candidate<T> present = former.fallback();
        return present != null && present.route() == route
                ? present
                : new Candidate<>(route, compiler.compile(null, route), null);
    }
}
