package dev.penstock.app.tracing;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Map;

/**
 * Where spans go, and who they come from.
 *
 * @param endpoint the collector's URL for traces, such as {@code http://127.0.0.1:4318/v1/traces}
 * @param headers further header fields of each request, by name
 * @param resource what is known of this process, by OpenTelemetry's names
 */
public record OtlpSettings(
        URI endpoint, Map<String, String> headers, Map<String, String> resource) {

    /** The path that a collector has traces at, unless it is told otherwise. */
    private static final String PATH = "/v1/traces";

    public OtlpSettings {
        requireNonNull(endpoint, "endpoint");
        headers = Map.copyOf(headers);
        resource = Map.copyOf(resource);
    }

    /**
     * The URL of traces of a collector that may be given without a path.
     *
     * @throws IllegalArgumentException if it is no URL of HTTP or HTTPS
     */
    public static URI endpoint(String url) {
        URI uri = URI.create(url);
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null) {
            throw new IllegalArgumentException(url);
        }
        return uri.getPath().isEmpty() || uri.getPath().equals("/") ? uri.resolve(PATH) : uri;
    }
}
