package dev.penstock.proxy.h1;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection on a channel without a socket: bytes go in and come out. */
final class Wire implements AutoCloseable {

    static final ConnectionInfo INFO =
            new ConnectionInfo(address(1), address(2), address(1), false, null, false);

    /** Options that were set, other than for reading. */
    final List<ChannelOption<?>> options = new ArrayList<>();

    final EmbeddedChannel channel = new OptionChannel();
    private final StringBuilder written = new StringBuilder();

    private Wire() {}

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static Wire server(RequestHandler handler) {
        return server(handler, ServerLimits.DEFAULT);
    }

    static Wire server(RequestHandler handler, ServerLimits limits) {
        Wire wire = new Wire();
        TimeoutWheel wheel = new TimeoutWheel(wire.channel.eventLoop());
        wire.channel.pipeline().addLast(new H1ServerConnection(limits, INFO, handler, wheel));
        return wire;
    }

    static Wire client(Pool pool) {
        Wire wire = new Wire();
        wire.channel.pipeline().addLast(new H1ClientConnection(pool));
        return wire;
    }

    H1ServerConnection server() {
        return channel.pipeline().get(H1ServerConnection.class);
    }

    H1ClientConnection client() {
        return channel.pipeline().get(H1ClientConnection.class);
    }

    static ByteBuf buffer(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBufAllocator.DEFAULT.buffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    /** Lets text arrive in one read. */
    Wire send(String text) {
        channel.writeInbound(buffer(text));
        return this;
    }

    /** Lets text arrive in reads of one byte. */
    Wire sendByByte(String text) {
        for (int i = 0; i < text.length(); i++) {
            send(text.substring(i, i + 1));
        }
        return this;
    }

    /** Everything written so far. */
    String written() {
        channel.runPendingTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            written.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return written.toString();
    }

    /** What was written since the last call, without its date. */
    String answer() {
        String text = written().replaceAll("date: [^\r]*\r\n", "");
        written.setLength(0);
        return text;
    }

    boolean isOpen() {
        channel.runPendingTasks();
        return channel.isOpen();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }

    /** Notes what a connection tells its pool. */
    static class Pool implements ClientConnection.Listener {

        final List<String> events = new ArrayList<>();

        @Override
        public void onAvailable(ClientConnection connection) {
            events.add("available");
        }

        @Override
        public void onClosed(ClientConnection connection) {
            events.add("closed");
        }
    }

    /** Remembers options that are not known without a socket. */
    private final class OptionChannel extends EmbeddedChannel {
        private @Nullable ChannelConfig config;

        @Override
        public ChannelConfig config() {
            ChannelConfig current = config;
            if (current == null) {
                current =
                        new DefaultChannelConfig(this) {
                            @Override
                            public <T> boolean setOption(ChannelOption<T> option, T value) {
                                boolean known = super.setOption(option, value);
                                if (!known) {
                                    options.add(option);
                                }
                                return known;
                            }
                        };
                config = current;
            }
            return current;
        }
    }
}
