package dev.penstock.proxy.observe;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Records of exchanges for tests. */
final class Exchanges {

    static final long START = Instant.parse("2026-11-23T06:49:06.123Z").toEpochMilli();

    private Exchanges() {}

    /** An exchange of which everything is known. */
    static ExchangeRecord whole() {
        ExchangeRecord exchange = request("GET", "/cart?id=1", "curl/8.5");
        exchange.route(
                new RouteId(new ObjectRef("Ingress", "default", "shop"), 0, 2),
                ServicePortRef.byNumber(new ServiceName("default", "cart"), 80));
        exchange.upstream("10.0.0.3:8080");
        exchange.sent(0);
        exchange.answered(Duration.ofNanos(2_100_900).toNanos());
        exchange.status(200);
        exchange.addBytesIn(5);
        exchange.addBytesOut(100);
        exchange.addBytesOut(23);
        exchange.ended(1_000 + 3_210_000);
        return exchange;
    }

    /** An exchange that has only begun. */
    static ExchangeRecord request(String method, String path, String userAgent) {
        return request(bytes(method), bytes(path), bytes(userAgent));
    }

    static ExchangeRecord request(byte[] method, byte[] path, byte[] userAgent) {
        MessageHead head = new MessageHead();
        head.method(head.append(method, 0, method.length), method.length);
        head.authority(head.append("shop.example"), "shop.example".length());
        head.path(head.append(path, 0, path.length), path.length);
        head.addField(HeaderName.USER_AGENT, userAgent, 0, userAgent.length);
        ExchangeRecord exchange = new ExchangeRecord();
        exchange.started(1_000, START);
        exchange.request(head);
        exchange.connection(address("192.0.2.7"), "HTTP/1.1", true);
        byte[] id = bytes("4f1c");
        exchange.requestId(id, 0, id.length);
        return exchange;
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A line as a format makes it, with its end. */
    static String line(LineFormat format, ExchangeRecord exchange) {
        LineBuffer line = new LineBuffer();
        format.format(exchange, line);
        return text(line);
    }

    static String text(LineBuffer line) {
        return new String(line.bytes(), 0, line.length(), StandardCharsets.ISO_8859_1);
    }
}
