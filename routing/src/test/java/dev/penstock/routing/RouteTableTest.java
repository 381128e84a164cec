package dev.penstock.routing;

import static dev.penstock.routing.TestRoutes.config;
import static dev.penstock.routing.TestRoutes.exact;
import static dev.penstock.routing.TestRoutes.host;
import static dev.penstock.routing.TestRoutes.prefix;
import static dev.penstock.routing.TestRoutes.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {

    @ParameterizedTest(name = "{0} is taken by {1}")
    @CsvSource(
            textBlock =
                    """
                    www.foo.com,      exact
                    bar.foo.com,      wildcard
                    -.foo.com,        wildcard
                    baz.bar.foo.com,  deeper
                    a.b.bar.foo.com,  any
                    foo.com,          any
                    .foo.com,         any
                    foo.com.evil,     any
                    xfoo.com,         any
                    *.foo.com,        wildcard
                    '',               any
                    .,                any
                    10.0.0.1,         any
                    """)
    void theMostSpecificHostDecides(String name, String taker) {
        RouteTable<String> table =
                table(
                        host("", prefix("any", "/")),
                        host("*.foo.com", prefix("wildcard", "/")),
                        host("*.bar.foo.com", prefix("deeper", "/")),
                        host("www.foo.com", prefix("exact", "/")));

        assertThat(table.match(TestRequest.get(name, "/"))).isEqualTo(taker);
    }

    @Test
    void aPathThatTheDecidingHostMissesIsNotLookedForUnderAnother() {
        RouteTable<String> table =
                table(
                        host("", prefix("any", "/")),
                        host("*.foo.com", prefix("wildcard", "/")),
                        host("www.foo.com", prefix("exact", "/only")));

        assertThat(table.match(TestRequest.get("www.foo.com", "/other"))).isNull();
        assertThat(table.match(TestRequest.get("www.foo.com", "/only/x"))).isEqualTo("exact");
    }

    @Test
    void theDefaultRouteTakesWhatNoRouteDoes() {
        HttpConfig config = config(prefix("default", "/"), host("foo.com", prefix("foo", "/foo")));
        RouteTable<String> table = table(config);

        assertThat(table.match(TestRequest.get("foo.com", "/bar"))).isEqualTo("default");
        assertThat(table.match(TestRequest.get("bar.com", "/foo"))).isEqualTo("default");
        assertThat(table.match(TestRequest.get("foo.com", "/foo"))).isEqualTo("foo");
    }

    @Test
    void theEmptyTableTakesNothing() {
        assertThat(RouteTable.<String>empty().match(TestRequest.get("foo.com", "/"))).isNull();
        assertThat(table().match(TestRequest.get("", "/"))).isNull();
    }

    @Test
    void aHostWithoutRoutesTakesNothingButStillDecides() {
        RouteTable<String> table = table(host("", prefix("any", "/")), host("foo.com"));

        assertThat(table.match(TestRequest.get("foo.com", "/"))).isNull();
    }

    @Test
    void aHostThatBeginsWithADotIsNotTakenForAWildcard() {
        RouteTable<String> table = table(host(".foo.com", prefix("bad", "/")));

        assertThat(table.match(TestRequest.get("www.foo.com", "/"))).isNull();
        assertThat(table.match(TestRequest.get(".foo.com", "/"))).isNull();
    }

    @Test
    void theOlderOfTwoEqualRoutesWins() {
        RouteTable<String> table =
                table(host("foo.com", prefix("older", "/a"), prefix("newer", "/a")));

        assertThat(table.match(TestRequest.get("foo.com", "/a"))).isEqualTo("older");
    }

    @Test
    void predicatesRankByMethodThenHeadersThenQueryThenAge() {
        Predicate get = new Predicate.Method("GET");
        Predicate x = new Predicate.Header("x", "1");
        Predicate y = new Predicate.Header("y", "1");
        Predicate p = new Predicate.Query("p", "1");
        Predicate q = new Predicate.Query("q", "1");
        RouteTable<String> table =
                table(
                        host(
                                "foo.com",
                                prefix("bare", "/"),
                                prefix("twoQueries", "/", p, q),
                                prefix("oneHeader", "/", x),
                                prefix("oneHeaderOneQuery", "/", x, p),
                                prefix("twoHeaders", "/", x, y),
                                prefix("method", "/", get)));
        Map<String, String> none = Map.of();

        assertThat(match(table, "GET", Map.of("x", "1", "y", "1"), Map.of("p", "1")))
                .isEqualTo("method");
        assertThat(match(table, "PUT", Map.of("x", "1", "y", "1"), Map.of("p", "1")))
                .isEqualTo("twoHeaders");
        assertThat(match(table, "PUT", Map.of("x", "1", "y", "2"), Map.of("p", "1")))
                .isEqualTo("oneHeaderOneQuery");
        assertThat(match(table, "PUT", Map.of("x", "1"), none)).isEqualTo("oneHeader");
        assertThat(match(table, "PUT", none, Map.of("p", "1", "q", "1"))).isEqualTo("twoQueries");
        assertThat(match(table, "PUT", none, Map.of("p", "1"))).isEqualTo("bare");
    }

    private static @Nullable String match(
            RouteTable<String> table,
            String method,
            Map<String, String> headers,
            Map<String, String> query) {
        return table.match(TestRequest.of(method, "foo.com", "/", headers, query));
    }

    @Test
    void theNextBestPathIsTriedWhenPredicatesDoNotHold() {
        Predicate put = new Predicate.Method("PUT");
        RouteTable<String> table =
                table(
                        host(
                                "foo.com",
                                exact("exact", "/a/b", put),
                                prefix("longest", "/a/b", put),
                                prefix("longer", "/a", put),
                                prefix("root", "/")));

        assertThat(table.match(TestRequest.get("foo.com", "/a/b"))).isEqualTo("root");
        assertThat(table.match(TestRequest.of("PUT", "foo.com", "/a/b", Map.of(), Map.of())))
                .isEqualTo("exact");
    }

    @Test
    void anUpdateCompilesChangedHostsOnlyAndTakesBackTheirPayloads() {
        VirtualHost kept = host("a.com", prefix("a", "/"));
        VirtualHost changed = host("b.com", prefix("b", "/"), prefix("b2", "/2"));
        VirtualHost removed = host("c.com", prefix("c", "/"));
        RouteTable<String> first = table(config(prefix("d", "/"), kept, changed, removed));
        Recorder recorder = new Recorder();

        RouteTable<String> second =
                first.update(
                        config(
                                prefix("e", "/"),
                                kept,
                                host("b.com", prefix("b3", "/")),
                                host("aa.com", prefix("aa", "/"))),
                        recorder);

        assertThat(recorder.compiled).containsExactlyInAnyOrder("aa", "b3", "e");
        assertThat(recorder.retired).containsExactlyInAnyOrder("b", "b2", "c", "d");
        assertThat(second.match(TestRequest.get("b.com", "/2"))).isEqualTo("b3");
        assertThat(second.match(TestRequest.get("c.com", "/"))).isEqualTo("e");
        assertThat(first.match(TestRequest.get("b.com", "/2"))).isEqualTo("b2");
        assertThat(first.match(TestRequest.get("c.com", "/"))).isEqualTo("c");
    }

    @Test
    void hostsThatStayAreSharedThoughOthersBeforeThemComeAndGo() {
        VirtualHost kept = host("m.com", prefix("m", "/"));
        VirtualHost last = host("z.com", prefix("z", "/"));
        RouteTable<String> first =
                table(host("a.com", prefix("a", "/")), host("b.com", prefix("b", "/")), kept, last);
        Recorder removal = new Recorder();

        RouteTable<String> second = first.update(config(null, kept, last), removal);

        assertThat(removal.compiled).isEmpty();
        assertThat(removal.retired).containsExactly("a", "b");

        Recorder addition = new Recorder();
        RouteTable<String> third =
                second.update(config(null, host("c.com", prefix("c", "/")), kept, last), addition);

        assertThat(addition.compiled).containsExactly("c");
        assertThat(addition.retired).isEmpty();
        assertThat(third.match(TestRequest.get("z.com", "/"))).isEqualTo("z");
    }

    @Test
    void anUpdateWithoutAChangeGivesTheSameTable() {
        Route fallback = prefix("d", "/");
        VirtualHost host = host("a.com", prefix("a", "/"));
        RouteTable<String> first = table(config(fallback, host));

        assertThat(first.update(config(fallback, host), new Recorder())).isSameAs(first);
    }

    @Test
    void aChangeOfTheDefaultRouteAloneTakesEffect() {
        VirtualHost host = host("a.com", prefix("a", "/"));
        RouteTable<String> first = table(config(prefix("d", "/"), host));

        RouteTable<String> second = first.update(config(null, host), new Recorder());

        assertThat(first.match(TestRequest.get("x.com", "/"))).isEqualTo("d");
        assertThat(second.match(TestRequest.get("x.com", "/"))).isNull();
    }

    private static final class Recorder implements RouteCompiler<String> {
        final List<String> compiled = new ArrayList<>();
        final List<String> retired = new ArrayList<>();

        @Override
        public String compile(@Nullable VirtualHost host, Route route) {
            assertThat(retired).as("what is new is made before what is old goes").isEmpty();
            compiled.add(TestRoutes.name(route));
            return TestRoutes.name(route);
        }

        @Override
        public void retire(String payload) {
            retired.add(payload);
        }
    }
}
