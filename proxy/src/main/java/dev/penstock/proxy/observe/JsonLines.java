package dev.penstock.proxy.observe;

import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.observe.ExchangeRecord.Text;
import dev.penstock.proxy.trace.RequestTrace;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line. Durations are in seconds. What is not known is left out, but for {@code
 * status}, which is 0 where nothing was answered.
 */
final class JsonLines implements LineFormat {

    private final TimeText time = new TimeText.Iso();

    @Override
    public void format(ExchangeRecord exchange, LineBuffer to) {
        to.put("{\"time\":\"");
        time.put(to, exchange.startMillis());
        to.put('"');
        LineBuffer client = exchange.client();
        if (client != null) {
            to.put(",\"client\":\"");
            to.put(client);
            to.put('"');
        }
        text(to, ",\"method\":\"", exchange, exchange.method());
        text(to, ",\"host\":\"", exchange, exchange.host());
        text(to, ",\"path\":\"", exchange, exchange.target());
        name(to, ",\"protocol\":\"", exchange.protocol());
        to.put(exchange.secure() ? ",\"tls\":true" : ",\"tls\":false");
        to.put(",\"status\":").put(exchange.status());
        to.put(",\"bytes_in\":").put(exchange.bytesIn());
        to.put(",\"bytes_out\":").put(exchange.bytesOut());
        to.put(",\"duration\":").putSeconds(exchange.durationNanos());
        route(to, exchange.route(), exchange.service());
        name(to, ",\"upstream\":\"", exchange.upstream());
        if (exchange.upstreamNanos() != ExchangeRecord.NONE) {
            to.put(",\"upstream_duration\":").putSeconds(exchange.upstreamNanos());
        }
        to.put(",\"retries\":").put(exchange.retries());
        text(to, ",\"request_id\":\"", exchange, exchange.requestId());
        RequestTrace trace = exchange.trace();
        if (trace != null) {
            to.put(",\"trace_id\":\"").putHex(trace.high()).putHex(trace.low());
            to.put("\",\"span_id\":\"").putHex(trace.span()).put('"');
        }
        name(to, ",\"error\":\"", exchange.error());
        text(to, ",\"referer\":\"", exchange, exchange.referer());
        text(to, ",\"user_agent\":\"", exchange, exchange.userAgent());
        to.put("}\n");
    }

    private static void route(
            LineBuffer to, @Nullable RouteId route, @Nullable ServicePortRef service) {
        if (route != null) {
            to.put(",\"ingress\":\"").putName(route.source().namespace()).put('/');
            to.putName(route.source().name()).put("\",\"rule\":").put(route.rule());
            to.put(",\"rule_path\":").put(route.path());
        }
        if (service != null) {
            to.put(",\"service\":\"");
            ServiceText.put(to, service);
            to.put('"');
        }
    }

    private static void text(LineBuffer to, String key, ExchangeRecord exchange, Text text) {
        if (text.length() > 0) {
            to.put(key).putJsonEscaped(exchange.bytes(), text.start(), text.length()).put('"');
        }
    }

    private static void name(LineBuffer to, String key, @Nullable String name) {
        if (name != null && !name.isEmpty()) {
            to.put(key).putName(name).put('"');
        }
    }
}
