package dev.penstock.app.explain;

import dev.penstock.routing.RequestPath;
import dev.penstock.routing.RequestView;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request that is asked about, read from a URL the way the proxy reads it from a connection.
 * Not for two threads at once.
 */
public final class ExplainRequest implements RequestView {

    private static final Pattern URL =
            Pattern.compile("(?:(https?)://)?([^/?#]+)([^#]*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[^]]*]|[^:]*)(?::([0-9]{1,5}))?");

    private final boolean secure;
    private final String host;
    private final String target;
    private final String method;
    private final Map<String, List<String>> headers;
    private final RequestPath path = new RequestPath();
    private final RequestPath.Verdict verdict;
    private final byte[] hostBytes;

    private ExplainRequest(
            boolean secure,
            String host,
            String target,
            String method,
            Map<String, List<String>> headers) {
        this.secure = secure;
        this.host = host;
        this.target = target;
        this.method = method;
        this.headers = headers;
        this.hostBytes = host.getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
        this.verdict = path.parse(bytes, 0, bytes.length);
    }

    /**
     * Reads a request.
     *
     * @param url {@code http://} or {@code https://}, host, path and query as they go over the
     *     wire; without a scheme it is http
     * @param method the method
     * @param headerLines fields as {@code Name: value}; {@code Host} takes the place of the URL's
     * @throws IllegalArgumentException with one clear line if one of them cannot be read
     */
    public static ExplainRequest parse(String url, String method, List<String> headerLines) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "url: " + url + " (expected: http://host/path or https://host/path)");
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String line : headerLines) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("header: " + line + " (expected: Name: value)");
            }
            headers.computeIfAbsent(
                            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                            name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        List<String> hostFields = headers.get("host");
        String authority = hostFields == null ? parts.group(2) : hostFields.getFirst();
        Matcher hostAndPort = AUTHORITY.matcher(authority);
        if (!hostAndPort.matches()) {
            throw new IllegalArgumentException("host: " + authority + " (expected: name:port)");
        }
        return new ExplainRequest(
                "https".equalsIgnoreCase(parts.group(1)),
                normaliseHost(hostAndPort.group(1)),
                parts.group(3).isEmpty() ? "/" : parts.group(3),
                method,
                headers);
    }

    private static String normaliseHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Whether it comes over TLS. */
    public boolean secure() {
        return secure;
    }

    /** The host in lower case, without a port. */
    public String host() {
        return host;
    }

    /** The path and query as they were given. */
    public String target() {
        return target;
    }

    public String method() {
        return method;
    }

    /** Whether the proxy serves such a target, or why not. */
    RequestPath.Verdict verdict() {
        return verdict;
    }

    @Override
    public byte[] hostBytes() {
        return hostBytes;
    }

    @Override
    public int hostStart() {
        return 0;
    }

    @Override
    public int hostLength() {
        return hostBytes.length;
    }

    @Override
    public byte[] pathBytes() {
        return path.bytes();
    }

    @Override
    public int pathLength() {
        return path.length();
    }

    @Override
    public boolean methodIs(String other) {
        return method.equals(other);
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        List<String> values = headers.get(lowerCaseName);
        return values == null ? null : String.join(",", values);
    }

    @Override
    public @Nullable CharSequence query(String name) {
        int question = target.indexOf('?');
        if (question < 0) {
            return null;
        }
        for (String part : target.substring(question + 1).split("&")) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (decode(key).equals(name)) {
                return equals < 0 ? "" : decode(part.substring(equals + 1));
            }
        }
        return null;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // A broken escape is no reason to explain nothing; it is compared as it stands.
            return text;
        }
    }
}
