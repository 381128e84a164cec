package dev.penstock.proxy.exchange;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.observe.ExchangeRecord;
import dev.penstock.proxy.stream.ServerStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Writes all answers of our own. Owned by one event loop. */
final class Answers {

    private static final byte[] GRPC = "application/grpc".getBytes(StandardCharsets.US_ASCII);

    private final ByteBufAllocator allocator;
    private final MessageHead head = new MessageHead();

    Answers(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Answers with an error: a few words in plain text, or a gRPC status where the client speaks
     * gRPC.
     */
    void error(
            ServerStream client, MessageHead request, ProxyError error, ExchangeRecord observed) {
        observed.error(error.label());
        if (isGrpc(request)) {
            observed.status(200);
            grpc(client, error);
        } else {
            head.clear();
            text(client, request, error.status(), error.text(), observed);
        }
        client.flush();
    }

    /** Answers with a status that a route asks for. */
    void status(ServerStream client, MessageHead request, int status, ExchangeRecord observed) {
        head.clear();
        text(client, request, status, "", observed);
        client.flush();
    }

    /** Redirects to another place with 308, which keeps the method (RFC 9110 section 15.4.9). */
    void redirect(
            ServerStream client, MessageHead request, String location, ExchangeRecord observed) {
        head.clear();
        head.addField(HeaderName.LOCATION, location);
        text(client, request, 308, "", observed);
        client.flush();
    }

    private void text(
            ServerStream client,
            MessageHead request,
            int status,
            String reason,
            ExchangeRecord observed) {
        head.status(status);
        observed.status(status);
        if (status == 204 || status == 304) {
            client.sendHead(head, true);
            return;
        }
        StringBuilder body = new StringBuilder(96).append(status);
        if (!reason.isEmpty()) {
            body.append(' ').append(reason);
        }
        body.append('\n');
        String id = request.value(HeaderName.X_REQUEST_ID);
        if (id != null && status >= 400) {
            body.append("request id: ").append(id).append('\n');
            head.addField(HeaderName.X_REQUEST_ID, id);
        }
        head.addField(HeaderName.CONTENT_TYPE, "text/plain; charset=utf-8");
        head.addField("x-content-type-options", "nosniff");
        head.bodyLength(body.length());
        if (request.methodIs(Methods.HEAD)) {
            client.sendHead(head, true);
        } else {
            client.sendHead(head, false);
            observed.addBytesOut(body.length());
            ByteBuf data = allocator.buffer(body.length());
            ByteBufUtil.writeAscii(data, body);
            client.sendData(data, true);
        }
    }

    /** A response of trailers only (gRPC over HTTP/2, "Responses"). */
    private void grpc(ServerStream client, ProxyError error) {
        head.clear();
        head.status(200);
        head.addField(HeaderName.CONTENT_TYPE, "application/grpc");
        head.addField(HeaderName.GRPC_STATUS, Integer.toString(error.grpcStatus()));
        head.addField("grpc-message", error.text());
        client.sendHead(head, true);
    }

    private static boolean isGrpc(MessageHead request) {
        int field = request.find(HeaderName.CONTENT_TYPE, 0);
        return field >= 0
                && request.valueLength(field) >= GRPC.length
                && AsciiBytes.equalsIgnoreCase(
                        request.bytes(), request.valueStart(field), GRPC.length, GRPC);
    }
}
