package dev.penstock.proxy.observe;

import dev.penstock.proxy.observe.ExchangeRecord.Text;
import dev.penstock.proxy.trace.RequestTrace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lines by a pattern of one's own: text with variables such as {@code $status} or {@code ${host}},
 * most of them named as in nginx's {@code log_format}. {@code $$} is a dollar sign. What is not
 * known is {@code -}.
 */
final class PatternLines implements LineFormat {

    /** The combined log format of Apache and nginx. */
    static final String COMBINED =
            "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
                    + " \"$http_referer\" \"$http_user_agent\"";

    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:([a-z][a-z0-9_]*)|\\{([a-z][a-z0-9_]*)}|(\\$)|)");
    private static final long MILLIS_PER_SECOND = 1000;

    /** A part of a line. */
    @FunctionalInterface
    private interface Part {
        /**
         * @param quoted whether it stands in quotes, so that a space cannot be taken for its end
         */
        void put(PatternLines lines, ExchangeRecord exchange, LineBuffer to, boolean quoted);
    }

    /** A part with its place. */
    private record Placed(Part part, boolean quoted) {}

    private static final Map<String, Part> VARIABLES = variables();

    private final TimeText common = new TimeText.Common();
    private final TimeText iso = new TimeText.Iso();
    private final Placed[] parts;

    /**
     * Understands a pattern.
     *
     * @throws IllegalArgumentException if it has a variable that is not known, or a control
     *     character
     */
    PatternLines(String pattern) {
        List<Placed> made = new ArrayList<>();
        Matcher variable = VARIABLE.matcher(pattern);
        int from = 0;
        boolean quoted = false;
        while (variable.find()) {
            quoted = literal(pattern.substring(from, variable.start()), quoted, made);
            from = variable.end();
            String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
            if (variable.group(3) != null) {
                quoted = literal("$", quoted, made);
            } else {
                made.add(new Placed(part(name), quoted));
            }
        }
        literal(pattern.substring(from) + "\n", quoted, made);
        parts = made.toArray(Placed[]::new);
    }

    /**
     * Looks whether a pattern can be understood.
     *
     * @throws IllegalArgumentException if not
     */
    static void check(String pattern) {
        var _ = new PatternLines(pattern);
    }

    private static Part part(@Nullable String name) {
        Part part = name == null ? null : VARIABLES.get(name);
        if (part == null) {
            throw new IllegalArgumentException(
                    (name == null ? "a $ without a name" : "no variable $" + name)
                            + " (expected: $$, or one of $"
                            + String.join(" $", VARIABLES.keySet())
                            + ")");
        }
        return part;
    }

    /** Adds text and says whether what follows it is in quotes. */
    private static boolean literal(String text, boolean quoted, List<Placed> to) {
        boolean inside = quoted;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                inside = !inside;
            } else if (Character.isISOControl(c) && (c != '\n' || i < text.length() - 1)) {
                throw new IllegalArgumentException("a control character in the pattern");
            }
        }
        if (!text.isEmpty()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            to.add(new Placed((_, _, line, _) -> line.put(bytes, 0, bytes.length), quoted));
        }
        return inside;
    }

    @Override
    public void format(ExchangeRecord exchange, LineBuffer to) {
        for (Placed placed : parts) {
            placed.part.put(this, exchange, to, placed.quoted);
        }
    }

    private static Map<String, Part> variables() {
        Map<String, Part> map = new TreeMap<>();
        request(map);
        answer(map);
        upstream(map);
        objects(map);
        return map;
    }

    private static void request(Map<String, Part> map) {
        map.put(
                "remote_addr",
                (_, exchange, to, _) -> {
                    LineBuffer client = exchange.client();
                    if (client == null) {
                        to.put('-');
                    } else {
                        to.put(client);
                    }
                });
        map.put("remote_user", (_, _, to, _) -> to.put('-'));
        map.put("time_local", (l, exchange, to, _) -> l.common.put(to, exchange.startMillis()));
        map.put("time_iso8601", (l, exchange, to, _) -> l.iso.put(to, exchange.startMillis()));
        map.put(
                "msec",
                (_, exchange, to, _) -> {
                    to.put(exchange.startMillis() / MILLIS_PER_SECOND).put('.');
                    to.putDigits(exchange.startMillis() % MILLIS_PER_SECOND, 3);
                });
        map.put(
                "request",
                (_, exchange, to, quoted) -> {
                    text(to, exchange, exchange.method(), quoted);
                    to.put(' ');
                    text(to, exchange, exchange.target(), quoted);
                    to.put(' ').put(exchange.protocol());
                });
        map.put("request_method", (_, e, to, quoted) -> text(to, e, e.method(), quoted));
        map.put("request_uri", (_, e, to, quoted) -> text(to, e, e.target(), quoted));
        map.put("server_protocol", (_, e, to, _) -> name(to, e.protocol()));
        map.put("scheme", (_, e, to, _) -> to.put(e.secure() ? "https" : "http"));
        map.put("host", (_, e, to, quoted) -> text(to, e, e.host(), quoted));
        map.put("http_referer", (_, e, to, quoted) -> text(to, e, e.referer(), quoted));
        map.put("http_user_agent", (_, e, to, quoted) -> text(to, e, e.userAgent(), quoted));
        map.put("request_id", (_, e, to, quoted) -> text(to, e, e.requestId(), quoted));
        map.put("req_id", (_, e, to, quoted) -> text(to, e, e.requestId(), quoted));
        map.put(
                "trace_id",
                (_, exchange, to, _) -> {
                    RequestTrace trace = exchange.trace();
                    if (trace == null) {
                        to.put('-');
                    } else {
                        to.putHex(trace.high()).putHex(trace.low());
                    }
                });
        map.put(
                "span_id",
                (_, exchange, to, _) -> {
                    RequestTrace trace = exchange.trace();
                    if (trace == null) {
                        to.put('-');
                    } else {
                        to.putHex(trace.span());
                    }
                });
    }

    private static void answer(Map<String, Part> map) {
        map.put("status", (_, exchange, to, _) -> to.putDigits(exchange.status(), 3));
        map.put("body_bytes_sent", (_, exchange, to, _) -> to.put(exchange.bytesOut()));
        map.put("body_bytes_received", (_, exchange, to, _) -> to.put(exchange.bytesIn()));
        map.put("request_time", (_, exchange, to, _) -> to.putSeconds(exchange.durationNanos()));
        map.put("error", (_, exchange, to, _) -> name(to, exchange.error()));
    }

    private static void upstream(Map<String, Part> map) {
        map.put("upstream_addr", (_, exchange, to, _) -> name(to, exchange.upstream()));
        map.put(
                "upstream_header_time",
                (_, exchange, to, _) -> {
                    if (exchange.upstreamNanos() == ExchangeRecord.NONE) {
                        to.put('-');
                    } else {
                        to.putSeconds(exchange.upstreamNanos());
                    }
                });
        map.put("upstream_retries", (_, exchange, to, _) -> to.put(exchange.retries()));
    }

    private static void objects(Map<String, Part> map) {
        map.put(
                "namespace",
                (_, exchange, to, _) ->
                        name(
                                to,
                                exchange.route() == null
                                        ? null
                                        : exchange.route().source().namespace()));
        map.put(
                "ingress_name",
                (_, exchange, to, _) ->
                        name(
                                to,
                                exchange.route() == null
                                        ? null
                                        : exchange.route().source().name()));
        map.put(
                "service_name",
                (_, exchange, to, _) ->
                        name(
                                to,
                                exchange.service() == null
                                        ? null
                                        : exchange.service().service().name()));
        map.put(
                "service_port",
                (_, exchange, to, _) -> {
                    if (exchange.service() != null && exchange.service().number() != 0) {
                        to.put(exchange.service().number());
                    } else {
                        name(to, exchange.service() == null ? null : exchange.service().portName());
                    }
                });
    }

    private static void text(LineBuffer to, ExchangeRecord exchange, Text text, boolean quoted) {
        if (text.length() == 0) {
            to.put('-');
        } else {
            to.putTextEscaped(exchange.bytes(), text.start(), text.length(), quoted);
        }
    }

    private static void name(LineBuffer to, @Nullable String name) {
        to.putName(name == null || name.isEmpty() ? "-" : name);
    }
}
