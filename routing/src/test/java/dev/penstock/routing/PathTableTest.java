package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of examples of the Kubernetes documentation, Ingress, "Path types", case by case. */
class PathTableTest {

    @ParameterizedTest(name = "{0} for {1} gives {2}")
    @CsvSource(
            textBlock =
                    """
                    # rules,                                   request,        taken by
                    Prefix /,                                  /,              Prefix /
                    Prefix /,                                  /any/path,      Prefix /
                    Exact /foo,                                /foo,           Exact /foo
                    Exact /foo,                                /bar,
                    Exact /foo,                                /foo/,
                    Exact /foo/,                               /foo,
                    Prefix /foo,                               /foo,           Prefix /foo
                    Prefix /foo,                               /foo/,          Prefix /foo
                    Prefix /foo/,                              /foo,           Prefix /foo/
                    Prefix /foo/,                              /foo/,          Prefix /foo/
                    Prefix /foo;Prefix /foo/,                  /foo,           Prefix /foo/
                    Prefix /foo;Prefix /foo/,                  /foo/,          Prefix /foo/
                    Prefix /aaa/bb,                            /aaa/bbb,
                    Prefix /aaa/bbb,                           /aaa/bbb,       Prefix /aaa/bbb
                    Prefix /aaa/bbb/,                          /aaa/bbb,       Prefix /aaa/bbb/
                    Prefix /aaa/bbb,                           /aaa/bbb/,      Prefix /aaa/bbb
                    Prefix /aaa/bbb,                           /aaa/bbb/ccc,   Prefix /aaa/bbb
                    Prefix /aaa/bbb,                           /aaa/bbbxyz,
                    Prefix /;Prefix /aaa,                      /aaa/ccc,       Prefix /aaa
                    Prefix /;Prefix /aaa;Prefix /aaa/bbb,      /aaa/bbb,       Prefix /aaa/bbb
                    Prefix /;Prefix /aaa;Prefix /aaa/bbb,      /ccc,           Prefix /
                    Prefix /aaa,                               /ccc,
                    Prefix /foo;Exact /foo,                    /foo,           Exact /foo
                    # beyond the table: what its text says
                    Exact /foo;Prefix /foo,                    /foo/x,         Prefix /foo
                    Exact /foo;Prefix /foo/,                   /foo,           Exact /foo
                    Exact /foo/;Prefix /foo,                   /foo/,          Exact /foo/
                    Exact /foo/;Prefix /foo,                   /foo/x,         Prefix /foo
                    Prefix /foo,                               /FOO,
                    Exact /Foo,                                /foo,
                    Prefix /foo,                               /fo,
                    Prefix /foo,                               /foo!,
                    Prefix /foo,                               /foo//x,        Prefix /foo
                    Prefix /foo/bar,                           /foo//bar,
                    ImplementationSpecific /foo,               /foo/x,         ImplementationSpecific /foo
                    ImplementationSpecific /foo,               /foobar,
                    Prefix /a b,                               /a%20b/c,       Prefix /a b
                    Prefix /café,                              /caf%c3%a9,     Prefix /café
                    Prefix /%7euser,                           /~user/x,       Prefix /%7euser
                    Exact /100%,                               /100%25,        Exact /100%
                    Prefix /a%2fb,                             /a%2Fb/c,       Prefix /a%2fb
                    Prefix /a/b,                               /a%2Fb,
                    """)
    void theTableOfTheDocumentationHolds(String rules, String request, @Nullable String taker) {
        Route[] routes =
                Stream.of(rules.split(";", -1)).map(PathTableTest::route).toArray(Route[]::new);
        VirtualHost host = TestRoutes.host("example.com", routes);
        TestRequest get = TestRequest.get("example.com", request);

        assertThat(TestRoutes.table(host).match(get)).isEqualTo(taker);
        assertThat(TestRoutes.table(host).explain(get).winner())
                .isEqualTo(taker == null ? null : route(taker));
    }

    private static Route route(String rule) {
        String[] parts = rule.split(" ", 2);
        for (PathType type : PathType.values()) {
            if (type.apiName().equals(parts[0])) {
                return TestRoutes.route(rule, type, parts[1]);
            }
        }
        throw new IllegalArgumentException(rule);
    }
}
