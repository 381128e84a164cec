package dev.penstock.routing;

import dev.penstock.model.http.HostPattern;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes one {@link Explanation}. */
final class Explainer<T> {

    private final RouteTable<T> table;
    private final RequestView request;

    Explainer(RouteTable<T> table, RequestView request) {
        this.table = table;
        this.request = request;
    }

    Explanation explain() {
        HostTable<T> host = table.host(request);
        HostPattern pattern = host == null ? null : host.pattern();
        Candidate<T> best = host == null ? null : host.match(request);
        if (best == null) {
            best = table.fallback();
        }
        return new Explanation(
                new String(
                        request.hostBytes(),
                        request.hostStart(),
                        request.hostLength(),
                        StandardCharsets.ISO_8859_1),
                new String(
                        request.pathBytes(), 0, request.pathLength(), StandardCharsets.ISO_8859_1),
                pattern,
                best == null ? null : best.route(),
                best == null ? "no route matches" : "matches",
                List.of(),
                0);
    }
}
