package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random tables and requests, small enough to collide often, against {@link ReferenceMatcher}. */
class RouteTablePropertyTest {

    private static final List<String> HOSTS =
            List.of("", "a", "a.b", "b.b", "*.b", "a.b.c", "*.b.c", "*.c", "b.c", "*.a.b.c", "x.c");
    private static final List<String> REQUEST_HOSTS =
            List.of("", "a", "b", "a.b", "b.b", "c.b", "a.b.c", "c.b.c", "b.c", "d.a.b.c", ".b");
    private static final List<String> ELEMENTS =
            List.of("a", "b", "aa", "A", "a!", "a~", "a%7e", "a%2f", "%2fb", "a.b", "a-", "");

    private RandomGenerator random = RandomGenerator.getDefault();
    private int made;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aTableAgreesWithTheReference(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int i = 0; i < 1_000; i++) {
            HttpConfig config = config(new TreeMap<>());
            RouteTable<Route> table = RouteTable.<Route>empty().update(config, (_, route) -> route);
            for (int j = 0; j < 10; j++) {
                check(table, config, "seed " + seed + ", table " + i);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14})
    void aTableThatWasUpdatedManyTimesAgreesWithOneBuiltAtOnce(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        HttpConfig config = HttpConfig.EMPTY;
        RouteTable<Route> table = RouteTable.empty();
        List<Route> held = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            config = config(new TreeMap<>(config.hosts()));
            table = table.update(config, new Recorder(held));
            for (int j = 0; j < 5; j++) {
                check(table, config, "seed " + seed + ", update " + i);
            }
            assertThat(held).as("payloads in use").hasSameSizeAs(routes(config));
            assertThat(held).containsExactlyInAnyOrderElementsOf(routes(config));
        }
    }

    private void check(RouteTable<Route> table, HttpConfig config, String where) {
        TestRequest request = request();
        Route expected = ReferenceMatcher.match(config, request);
        assertThat(table.match(request))
                .as("%s: %s in %s", where, request, config)
                .isSameAs(expected);
        Explanation explanation = table.explain(request);
        assertThat(explanation.winner()).as("%s: %s", where, request).isSameAs(expected);
        assertThat(explanation.nearMisses())
                .as("%s: %s", where, request)
                .hasSizeLessThanOrEqualTo(Explanation.NEAR_MISSES_MAX)
                .allSatisfy(miss -> assertThat(miss.route()).isNotSameAs(expected))
                .allSatisfy(miss -> assertThat(miss.reason()).isNotEmpty());
    }

    private record Recorder(List<Route> held) implements RouteCompiler<Route> {
        @Override
        public Route compile(@Nullable VirtualHost host, Route route) {
            held.add(route);
            return route;
        }

        @Override
        public void retire(Route payload) {
            held.remove(payload);
        }
    }

    private static List<Route> routes(HttpConfig config) {
        List<Route> routes = new ArrayList<>();
        config.hosts().values().forEach(host -> routes.addAll(host.routes()));
        if (config.defaultRoute() != null) {
            routes.add(config.defaultRoute());
        }
        return routes;
    }

    /** A configuration that differs from the given hosts by a few. */
    private HttpConfig config(SortedMap<HostPattern, VirtualHost> hosts) {
        int changes = random.nextInt(hosts.isEmpty() ? HOSTS.size() : 4);
        for (int i = 0; i < changes; i++) {
            HostPattern pattern = new HostPattern(any(HOSTS));
            if (random.nextInt(3) == 0) {
                hosts.remove(pattern);
            } else {
                hosts.put(pattern, new VirtualHost(pattern, false, routes()));
            }
        }
        return new HttpConfig(hosts, random.nextInt(4) == 0 ? route() : null);
    }

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        // Now and then many, so that the search has something to halve.
        int count = random.nextInt(20) == 0 ? 100 : random.nextInt(8);
        for (int i = 0; i < count; i++) {
            routes.add(route());
        }
        return routes;
    }

    private Route route() {
        PathType type = PathType.values()[random.nextInt(3)];
        List<Predicate> predicates = new ArrayList<>();
        if (random.nextInt(6) == 0) {
            predicates.add(new Predicate.Query(any(List.of("p", "q")), value()));
        }
        if (random.nextInt(6) == 0) {
            predicates.add(new Predicate.Header(any(List.of("x", "y")), value()));
        }
        if (random.nextInt(8) == 0) {
            predicates.add(new Predicate.Method(any(List.of("GET", "PUT"))));
        }
        return TestRoutes.route("r" + made++, type, path(), predicates.toArray(Predicate[]::new));
    }

    private TestRequest request() {
        return TestRequest.of(
                any(List.of("GET", "PUT", "get")),
                any(REQUEST_HOSTS),
                path(),
                values("x", "y"),
                values("p", "q"));
    }

    private Map<String, String> values(String... names) {
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            if (random.nextInt(3) > 0) {
                values.put(name, value());
            }
        }
        return values;
    }

    private String value() {
        return any(List.of("1", "2"));
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        int elements = random.nextInt(4);
        for (int i = 0; i < elements; i++) {
            path.append('/').append(any(ELEMENTS));
        }
        return elements == 0 || random.nextInt(3) == 0
                ? path.append('/').toString()
                : path.toString();
    }

    private String any(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
