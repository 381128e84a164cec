package dev.penstock.proxy.observe;

import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.observe.ExchangeRecord.Text;
import dev.penstock.proxy.trace.RequestTrace;
import org.jspecify.annotations.Nullable;

/**
 * The combined log format, then host, seconds in all, endpoint, the endpoint's seconds, tries
 * beyond the first, request id, Ingress, Service, error and trace:
 *
 * <pre>
 * 192.0.2.7 - - [23/Nov/2026:06:49:06 +0000] "GET /a HTTP/1.1" 200 123 "-" "curl/8.5" shop.example
 *   0.003210 10.0.0.3:8080 0.002100 0 4f1c... default/shop default/shop:80 - -
 * </pre>
 *
 * What is not known is {@code -}.
 */
final class TextLines implements LineFormat {

    private final TimeText time = new TimeText.Common();

    @Override
    public void format(ExchangeRecord exchange, LineBuffer to) {
        LineBuffer client = exchange.client();
        if (client == null) {
            to.put('-');
        } else {
            to.put(client);
        }
        to.put(" - - [");
        time.put(to, exchange.startMillis());
        to.put("] \"");
        text(to, exchange, exchange.method(), true);
        to.put(' ');
        text(to, exchange, exchange.target(), true);
        to.put(' ').put(exchange.protocol()).put("\" ").putDigits(exchange.status(), 3);
        to.put(' ').put(exchange.bytesOut()).put(" \"");
        text(to, exchange, exchange.referer(), true);
        to.put("\" \"");
        text(to, exchange, exchange.userAgent(), true);
        to.put("\" ");
        text(to, exchange, exchange.host(), false);
        to.put(' ').putSeconds(exchange.durationNanos()).put(' ');
        name(to, exchange.upstream());
        to.put(' ');
        if (exchange.upstreamNanos() == ExchangeRecord.NONE) {
            to.put('-');
        } else {
            to.putSeconds(exchange.upstreamNanos());
        }
        to.put(' ').put(exchange.retries()).put(' ');
        text(to, exchange, exchange.requestId(), false);
        to.put(' ');
        route(to, exchange.route(), exchange.service());
        to.put(' ');
        name(to, exchange.error());
        to.put(' ');
        RequestTrace trace = exchange.trace();
        if (trace == null) {
            to.put('-');
        } else {
            to.putHex(trace.high()).putHex(trace.low());
        }
        to.put('\n');
    }

    private static void route(
            LineBuffer to, @Nullable RouteId route, @Nullable ServicePortRef service) {
        if (route == null) {
            to.put('-');
        } else {
            to.putName(route.source().namespace()).put('/');
            to.putName(route.source().name());
        }
        to.put(' ');
        if (service == null) {
            to.put('-');
        } else {
            ServiceText.put(to, service);
        }
    }

    private static void text(LineBuffer to, ExchangeRecord exchange, Text text, boolean quoted) {
        if (text.length() == 0) {
            to.put('-');
        } else {
            to.putTextEscaped(exchange.bytes(), text.start(), text.length(), quoted);
        }
    }

    private static void name(LineBuffer to, @Nullable String name) {
        to.putName(name == null ? "-" : name);
    }
}
