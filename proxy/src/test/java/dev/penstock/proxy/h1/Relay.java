package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** The least that makes a proxy of both sides: each request goes to an endpoint of its own. */
final class Relay implements RequestHandler, AutoCloseable {

    final List<Wire> endpoints = new ArrayList<>();
    final List<Wire.Pool> pools = new ArrayList<>();
    final List<Integer> refusals = new ArrayList<>();

    @Override
    public MessageReceiver onRequest(ServerStream client, MessageHead head, boolean end) {
        Wire.Pool pool = new Wire.Pool();
        Wire endpoint = Wire.client(pool);
        pools.add(pool);
        endpoints.add(endpoint);
        ClientStream stream = endpoint.client().open(head, end, new Answer(client));
        stream.flush();
        return new Body(stream);
    }

    @Override
    public void onRefused(ConnectionInfo connection, int status, String reason) {
        refusals.add(status);
    }

    @Override
    public void close() {
        endpoints.forEach(Wire::close);
    }

    private static final class Body implements MessageReceiver {

        private final ClientStream endpoint;

        private Body(ClientStream endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public void onData(ByteBuf data) {
            endpoint.sendData(data, false);
            endpoint.flush();
        }

        @Override
        public void onTrailers(MessageHead trailers) {
            endpoint.sendTrailers(trailers);
        }

        @Override
        public void onEnd() {
            endpoint.sendData(Wire.buffer(""), true);
        }

        @Override
        public void onReset(StreamError error) {
            endpoint.reset(error);
        }

        @Override
        public void onWritable() {}
    }

    private static final class Answer implements ResponseReceiver {

        private final ServerStream client;
        private boolean begun;

        private Answer(ServerStream client) {
            this.client = client;
        }

        @Override
        public void onInterim(MessageHead head) {
            client.sendInterim(head);
        }

        @Override
        public void onHead(MessageHead head, boolean end) {
            begun = true;
            if (head.status() == 101) {
                client.sendUpgrade(head);
            } else {
                client.sendHead(head, end);
            }
            client.flush();
        }

        @Override
        public void onData(ByteBuf data) {
            client.sendData(data, false);
            client.flush();
        }

        @Override
        public void onTrailers(MessageHead trailers) {
            client.sendTrailers(trailers);
        }

        @Override
        public void onEnd() {
            client.sendData(Wire.buffer(""), true);
        }

        @Override
        public void onReset(StreamError error) {
            if (begun) {
                client.reset(error);
            } else {
                client.sendHead(Messages.response(502, 0), true);
            }
        }

        @Override
        public void onWritable() {}
    }
}
