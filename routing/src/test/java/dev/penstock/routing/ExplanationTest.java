package dev.penstock.routing;

import static dev.penstock.routing.TestRoutes.config;
import static dev.penstock.routing.TestRoutes.exact;
import static dev.penstock.routing.TestRoutes.host;
import static dev.penstock.routing.TestRoutes.prefix;
import static dev.penstock.routing.TestRoutes.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    @Test
    void eachRouteOfTheHostHasItsReason() {
        Explanation explanation =
                table(
                                host(
                                        "foo.com",
                                        exact("winner", "/a/b"),
                                        exact("younger", "/a/b"),
                                        prefix("same", "/a/b"),
                                        prefix("above", "/a"),
                                        prefix("inside", "/a/bb"),
                                        prefix("begins", "/a/"),
                                        exact("slash", "/a/b/"),
                                        exact("below", "/a/b/c"),
                                        exact("parent", "/a"),
                                        prefix("case", "/A/b"),
                                        prefix("put", "/a/b", new Predicate.Method("PUT"))))
                        .explain(TestRequest.get("foo.com", "/a/b"));

        assertThat(explanation.decidingHost()).isEqualTo(new HostPattern("foo.com"));
        assertThat(explanation.reason())
                .isEqualTo(
                        "the exact host foo.com decides, and Exact /a/b is the exact path that"
                                + " matches");
        assertThat(reasons(explanation))
                .containsExactlyInAnyOrder(
                        "younger: Ingress default/winner spec.rules[0].http.paths[0] is older",
                        "same: an exact path comes before a prefix: Exact /a/b",
                        "above: an exact path comes before a prefix: Exact /a/b",
                        "begins: an exact path comes before a prefix: Exact /a/b",
                        "put: the method is not PUT",
                        "inside: the path does not begin with /a/bb",
                        "slash: an exact path differs by its trailing slash",
                        "below: the path does not begin with /a/b/c",
                        "parent: an exact path does not cover what is below it",
                        "case: paths are case-sensitive");
        assertThat(explanation.nearMisses().getFirst().route().id().source().name())
                .isEqualTo("younger");
        assertThat(explanation.nearMissesLeftOut()).isZero();
    }

    @Test
    void prefixesLoseToLongerOnesAndToThoseThatAskForMore() {
        Predicate get = new Predicate.Method("GET");
        Predicate header = new Predicate.Header("x", "1");
        Predicate query = new Predicate.Query("q", "1");
        Explanation explanation =
                table(
                                host(
                                        "foo.com",
                                        prefix("winner", "/a/", get),
                                        prefix("asksLess", "/a/"),
                                        prefix("noSlash", "/a"),
                                        prefix("root", "/"),
                                        prefix("header", "/a", header),
                                        prefix("query", "/a", query),
                                        prefix("inside", "/a/bc")))
                        .explain(TestRequest.get("foo.com", "/a/bcd"));

        assertThat(explanation.reason())
                .endsWith("Prefix /a/ is the longest prefix that matches, and its predicates hold");
        assertThat(reasons(explanation))
                .containsExactly(
                        "asksLess: Ingress default/winner spec.rules[0].http.paths[0] asks for more"
                                + " of the request",
                        "noSlash: Prefix /a/ is preferred to the same without the slash",
                        "root: Prefix /a/ is the longer prefix",
                        "header: the header x is not 1",
                        "query: the query parameter q is not 1",
                        "inside: the prefix ends inside an element: /a/bc is no element of the path");
    }

    @Test
    void hostsThatMatchLessSpecificallyOrNearlyAreNamed() {
        Explanation explanation =
                table(
                                config(
                                        prefix("default", "/"),
                                        host("", prefix("any", "/")),
                                        host("shop.foo.com", prefix("winner", "/")),
                                        host(
                                                "*.foo.com",
                                                prefix("wildcard", "/"),
                                                prefix("x", "/x")),
                                        host("*.shop.foo.com", prefix("deeper", "/")),
                                        host("foo.com", prefix("parent", "/")),
                                        host("shpo.foo.com", prefix("typo", "/")),
                                        host("unlike.org", prefix("far", "/"))))
                        .explain(TestRequest.get("shop.foo.com", "/"));

        assertThat(reasons(explanation))
                .containsExactly(
                        "any: the exact host shop.foo.com decides alone",
                        "wildcard: the exact host shop.foo.com decides alone",
                        "default: the default route takes what no other route does",
                        "deeper: the * of *.shop.foo.com stands for exactly one label",
                        "parent: the host is foo.com, not shop.foo.com",
                        "typo: the host is shpo.foo.com, not shop.foo.com");
        assertThat(explanation.nearMisses().get(1).host()).isEqualTo(new HostPattern("*.foo.com"));
        assertThat(explanation.nearMisses().get(2).host()).isNull();
    }

    @Test
    void nothingMatchesIsExplainedToo() {
        Route fallback = prefix("default", "/");
        VirtualHost host = host("foo.com", prefix("a", "/a"));
        TestRequest elsewhere = TestRequest.get("bar.org", "/");
        TestRequest missed = TestRequest.get("foo.com", "/b");

        assertThat(table(host).explain(elsewhere).reason()).isEqualTo("no host matches bar.org");
        assertThat(table(host).explain(TestRequest.get("", "/")).reason())
                .isEqualTo("the request has no host");
        assertThat(table(host).explain(missed).reason())
                .isEqualTo(
                        "the exact host foo.com decides, and none of its routes takes the request");
        assertThat(table(host).explain(missed).winner()).isNull();
        Explanation byDefault = table(config(fallback, host)).explain(elsewhere);
        assertThat(byDefault.reason())
                .isEqualTo("no host matches bar.org, so the default route takes it");
        assertThat(byDefault.winner()).isEqualTo(fallback);
        assertThat(byDefault.decidingHost()).isNull();
    }

    @Test
    void nearMissesAreBoundedAndTheNearestComeFirst() {
        Route[] routes =
                IntStream.range(0, 50)
                        .mapToObj(i -> prefix("r" + i, "/p" + i))
                        .toArray(Route[]::new);

        Explanation explanation =
                table(host("foo.com", routes)).explain(TestRequest.get("foo.com", "/p4x"));

        assertThat(explanation.nearMisses()).hasSize(Explanation.NEAR_MISSES_MAX);
        assertThat(explanation.nearMissesLeftOut()).isEqualTo(30);
        assertThat(reasons(explanation).getFirst()).startsWith("r4: ");
    }

    private static List<String> reasons(Explanation explanation) {
        return explanation.nearMisses().stream()
                .map(miss -> TestRoutes.name(miss.route()) + ": " + miss.reason())
                .toList();
    }
}
