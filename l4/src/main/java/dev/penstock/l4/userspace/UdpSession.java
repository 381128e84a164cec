package dev.penstock.l4.userspace;

import dev.penstock.l4.LiveEndpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's datagrams to one destination and back. Ends when nothing was sent either way for a
 * while; a destination that refuses is left for another with the client's next datagram. Owned by
 * the event loop.
 */
final class UdpSession {

    /** How many datagrams wait for the socket to be set up, which takes microseconds. */
    private static final int WAITING_MAX = 16;

    private final UdpFront front;
    private final InetSocketAddress client;
    private final long timeoutNanos;
    private final long unansweredNanos;
    private final List<LiveEndpoint> tried = new ArrayList<>(0);
    private final Deque<ByteBuf> waiting = new ArrayDeque<>(1);
    private @Nullable LiveEndpoint endpoint;
    private @Nullable Channel server;
    private @Nullable Future<?> check;
    private boolean connected;
    private boolean answered;
    private boolean ended;
    private long lastUsed = System.nanoTime();

    UdpSession(UdpFront front, InetSocketAddress client) {
        this.front = front;
        this.client = client;
        this.timeoutNanos = front.socket().settings().udpTimeout().toNanos();
        this.unansweredNanos =
                Math.min(
                        timeoutNanos,
                        TimeUnit.SECONDS.toNanos(UserspaceSettings.UDP_UNANSWERED_SECONDS));
        checkAfter(unansweredNanos);
    }

    InetSocketAddress client() {
        return client;
    }

    /** Sends a datagram, which stays the caller's. */
    void send(ByteBuf datagram) {
        lastUsed = System.nanoTime();
        Channel present = server;
        if (present != null && connected) {
            present.writeAndFlush(datagram.retain(), present.voidPromise());
            return;
        }
        if (waiting.size() < WAITING_MAX) {
            waiting.add(datagram.retain());
        }
        if (present == null) {
            connect();
        }
    }

    private void connect() {
        LiveEndpoint next = front.socket().choice().begin(client, tried);
        if (next == null) {
            end();
            return;
        }
        endpoint = next;
        ChannelFuture connecting =
                new Bootstrap()
                        .group(front.socket().loop())
                        .channelFactory(
                                front.socket()
                                        .loops()
                                        .datagrams(ProxySocket.family(next.address().getAddress())))
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(UdpProxySocket.DATAGRAM_MAX))
                        .handler(new Answers())
                        .connect(next.address());
        Channel opened = connecting.channel();
        server = opened;
        connecting.addListener(result -> {
            if (!result.isSuccess()) {
                failed(opened);
            } else if (opened.equals(server)) {
                connected = true;
                waiting.forEach(datagram -> opened.write(datagram, opened.voidPromise()));
                waiting.clear();
                opened.flush();
            }
        });
    }

    /** The destination refuses: it is left, and the next datagram goes to another. */
    private void failed(Channel channel) {
        LiveEndpoint refused = endpoint;
        if (channel.equals(server) && refused != null) {
            tried.add(refused);
            leave();
        }
    }

    /** Lets go of the destination. */
    private void leave() {
        LiveEndpoint left = endpoint;
        Channel channel = server;
        endpoint = null;
        server = null;
        connected = false;
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        if (left != null) {
            front.socket().choice().ended(left);
        }
        if (channel != null) {
            channel.close();
        }
    }

    void endIfGone() {
        LiveEndpoint present = endpoint;
        if (present != null && !front.socket().choice().contains(present)) {
            end();
        }
    }

    void end() {
        if (!ended) {
            ended = true;
            if (check != null) {
                check.cancel(false);
            }
            leave();
            front.ended(this);
        }
    }

    private void checkAfter(long nanos) {
        check = front.socket().loop().schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        if (!ended) {
            long left =
                    (answered ? timeoutNanos : unansweredNanos) - (System.nanoTime() - lastUsed);
            if (left <= 0) {
                end();
            } else {
                checkAfter(left);
            }
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            if (ctx.channel().equals(server)) {
                lastUsed = System.nanoTime();
                answered = true;
                tried.clear();
                front.toClient(packet.content().retain(), client);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failed(ctx.channel());
        }
    }
}
