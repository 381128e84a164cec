package dev.penstock.proxy.h2;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Our client and our server, wired together without sockets. */
final class Pair implements AutoCloseable {

    static final ConnectionInfo INFO =
            new ConnectionInfo(address(1), address(2), address(1), false, null, false);

    final EmbeddedChannel clientChannel = new EmbeddedChannel();
    final EmbeddedChannel serverChannel = new EmbeddedChannel();
    final H2ClientConnection client;
    final H2ServerConnection server;
    int available;
    int closed;

    Pair(RequestHandler handler, ServerLimits limits) {
        client =
                new H2ClientConnection(
                        new TimeoutWheel(clientChannel.eventLoop()),
                        new ClientConnection.Listener() {
                            @Override
                            public void onAvailable(ClientConnection connection) {
                                available++;
                            }

                            @Override
                            public void onClosed(ClientConnection connection) {
                                closed++;
                            }
                        });
        server =
                new H2ServerConnection(
                        limits, INFO, handler, new TimeoutWheel(serverChannel.eventLoop()));
        clientChannel.pipeline().addLast(client);
        serverChannel.pipeline().addLast(server);
        run();
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static MessageHead request(String method, String path) {
        MessageHead head = new MessageHead();
        head.method(head.append(method), method.length());
        head.path(head.append(path), path.length());
        head.authority(head.append("example.com"), 11);
        return head;
    }

    /** Carries bytes until both sides are quiet. */
    void run() {
        boolean moved = true;
        while (moved) {
            clientChannel.runPendingTasks();
            serverChannel.runPendingTasks();
            boolean there = carry(clientChannel, serverChannel);
            boolean back = carry(serverChannel, clientChannel);
            moved = there || back;
            if (!clientChannel.isOpen() && serverChannel.isOpen()) {
                serverChannel.close();
            } else if (!serverChannel.isOpen() && clientChannel.isOpen()) {
                clientChannel.close();
            }
        }
    }

    private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
        boolean moved = false;
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            moved = true;
            if (to.isOpen()) {
                to.writeOneInbound(bytes);
            } else {
                bytes.release();
            }
        }
        if (moved && to.isOpen()) {
            to.flushInbound();
        }
        return moved;
    }

    @Override
    public void close() {
        clientChannel.finishAndReleaseAll();
        serverChannel.finishAndReleaseAll();
    }
}
