package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request made of strings. The path goes through {@link RequestPath} as on the wire. */
record TestRequest(
        String method,
        byte[] hostBytes,
        byte[] pathBytes,
        Map<String, String> headers,
        Map<String, String> query)
        implements RequestView {

    /** In front of the host's bytes, so that a host never begins at index 0. */
    private static final String MARGIN = "Host: ";

    static TestRequest get(String host, String path) {
        return of("GET", host, path, Map.of(), Map.of());
    }

    static TestRequest of(
            String method,
            String host,
            String path,
            Map<String, String> headers,
            Map<String, String> query) {
        RequestPath parsed = new RequestPath();
        byte[] target = path.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(parsed.parse(target, 0, target.length))
                .as(path)
                .isEqualTo(RequestPath.Verdict.OK);
        byte[] bytes = (MARGIN + host).getBytes(StandardCharsets.ISO_8859_1);
        // The whole buffer, longer than the path, as the proxy gives it.
        return new TestRequest(
                method, bytes, Arrays.copyOf(parsed.bytes(), parsed.length() + 3), headers, query);
    }

    @Override
    public int hostStart() {
        return MARGIN.length();
    }

    @Override
    public int hostLength() {
        return hostBytes.length - MARGIN.length();
    }

    @Override
    public int pathLength() {
        return pathBytes.length - 3;
    }

    @Override
    public boolean methodIs(String method) {
        return this.method.equals(method);
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    @Override
    public @Nullable CharSequence query(String name) {
        return query.get(name);
    }

    String host() {
        return new String(hostBytes, hostStart(), hostLength(), StandardCharsets.ISO_8859_1);
    }

    String path() {
        return new String(pathBytes, 0, pathLength(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return method + " " + host() + path() + " " + headers + " " + query;
    }
}
