package dev.penstock.l4.userspace;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients that send to one local address and port. Owned by the event loop. */
final class UdpFront extends SimpleChannelInboundHandler<DatagramPacket> {

    private static final Logger log = LoggerFactory.getLogger(UdpFront.class);

    private final UdpProxySocket socket;
    private final Map<InetSocketAddress, UdpSession> sessions = new HashMap<>();
    private @Nullable Channel channel;
    private volatile @Nullable ChannelFuture opening;

    UdpFront(UdpProxySocket socket) {
        this.socket = socket;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    /** That it is being bound. */
    void opening(ChannelFuture binding) {
        opening = binding;
    }

    /** Waits until it is bound or cannot be, on a thread that is no event loop. */
    void awaitOpen() {
        ChannelFuture present = opening;
        if (present != null) {
            present.awaitUninterruptibly();
        }
    }

    /** Answers by another channel: its own could not be bound. */
    void answerBy(Channel other) {
        channel = other;
    }

    Channel channel() {
        Channel present = channel;
        if (present == null) {
            throw new IllegalStateException("channel: none (expected: a handler that was added)");
        }
        return present;
    }

    UdpProxySocket socket() {
        return socket;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        socket.received(this, packet);
    }

    /** Sends a client's datagram on. */
    void fromClient(DatagramPacket packet) {
        InetSocketAddress client = packet.sender();
        UdpSession session = sessions.get(client);
        if (session == null) {
            if (socket.choice().isEmpty() || !socket.tryBeginSession()) {
                return;
            }
            session = new UdpSession(this, client);
            sessions.put(client, session);
        }
        session.send(packet.content());
    }

    /** Sends a destination's answer to a client; takes the buffer over. */
    void toClient(ByteBuf content, InetSocketAddress client) {
        channel().writeAndFlush(new DatagramPacket(content, client));
    }

    void ended(UdpSession session) {
        if (sessions.remove(session.client(), session)) {
            socket.sessionEnded();
        }
    }

    void endSessionsToGone() {
        for (UdpSession session : List.copyOf(sessions.values())) {
            session.endIfGone();
        }
    }

    void close() {
        List.copyOf(sessions.values()).forEach(UdpSession::end);
        channel().close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that hears no more, mostly; the next datagram is as good as any.
        log.debug("udp on {}: {}", ctx.channel().localAddress(), cause.getMessage());
    }
}
