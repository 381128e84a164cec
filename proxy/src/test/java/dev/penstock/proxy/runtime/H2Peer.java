package dev.penstock.proxy.runtime;

import dev.penstock.proxy.h2.H2ClientConnection;
import dev.penstock.proxy.h2.H2ServerConnection;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.StreamError;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Clients and servers of HTTP/2 in clear text, made of the codec itself. */
final class H2Peer implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    final AtomicInteger connections = new AtomicInteger();

    private EventLoop loop() {
        return group.next();
    }

    /** Listens on a free port. */
    InetSocketAddress serve(RequestHandler handler) {
        TimeoutWheel wheel = new TimeoutWheel(loop());
        Channel channel =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        connections.incrementAndGet();
                                        child.pipeline()
                                                .addLast(
                                                        new H2ServerConnection(
                                                                ServerLimits.DEFAULT,
                                                                info(child),
                                                                handler,
                                                                wheel));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .syncUninterruptibly()
                        .channel();
        return (InetSocketAddress) channel.localAddress();
    }

    private static ConnectionInfo info(Channel channel) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        return new ConnectionInfo(remote, local, remote, false, null, false);
    }

    /** Opens a connection to a port. */
    Client connect(int port) {
        Channel channel =
                new Bootstrap()
                        .group(group)
                        .channel(NioSocketChannel.class)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {}
                                })
                        .connect(InetAddress.getLoopbackAddress(), port)
                        .syncUninterruptibly()
                        .channel();
        CompletableFuture<Client> client = new CompletableFuture<>();
        channel.eventLoop()
                .execute(() -> {
                    Client made = new Client(channel);
                    channel.pipeline().addLast(made.connection);
                    client.complete(made);
                });
        return client.join();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A client's connection. */
    static final class Client implements ClientConnection.Listener {
        private final Channel channel;
        private final H2ClientConnection connection;

        Client(Channel channel) {
            this.channel = channel;
            this.connection = new H2ClientConnection(new TimeoutWheel(channel.eventLoop()), this);
        }

        /** Sends a request's head. */
        Call call(String method, String path, boolean end, String... fields) {
            MessageHead head = new MessageHead();
            head.method(head.append(method), method.length());
            head.authority(head.append(ProxyFixture.HOST), ProxyFixture.HOST.length());
            head.path(head.append(path), path.length());
            head.bodyLength(end ? 0 : MessageHead.LENGTH_UNKNOWN);
            for (int i = 0; i < fields.length; i += 2) {
                head.addField(fields[i], fields[i + 1]);
            }
            Call call = new Call(channel.eventLoop());
            channel.eventLoop()
                    .execute(() -> {
                        call.stream = connection.open(head, end, call);
                        call.stream.flush();
                    });
            return call;
        }

        @Override
        public void onAvailable(ClientConnection available) {}

        @Override
        public void onClosed(ClientConnection closed) {}
    }

    /** A request, and what comes back as a line for each event. */
    static final class Call implements ResponseReceiver {
        private final EventLoop loop;
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private @Nullable ClientStream stream;

        Call(EventLoop loop) {
            this.loop = loop;
        }

        void send(String data, boolean end) {
            loop.execute(() -> {
                ClientStream open = stream;
                if (open != null) {
                    open.sendData(Unpooled.copiedBuffer(data, StandardCharsets.US_ASCII), end);
                    open.flush();
                }
            });
        }

        void cancel() {
            loop.execute(() -> {
                ClientStream open = stream;
                if (open != null) {
                    open.reset(StreamError.CANCELLED);
                }
            });
        }

        /** The next event; fails when none comes. */
        String next() throws InterruptedException {
            String event = events.poll(10, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("nothing came");
            }
            return event;
        }

        @Override
        public void onInterim(MessageHead head) {
            events.add("interim " + head.status());
        }

        @Override
        public void onHead(MessageHead head, boolean end) {
            StringBuilder event = new StringBuilder("head ").append(head.status());
            for (int i = 0; i < head.fieldCount(); i++) {
                String name = head.text(head.nameStart(i), head.nameLength(i));
                if (name.startsWith("grpc") || name.startsWith("x-test")) {
                    event.append(' ')
                            .append(name)
                            .append('=')
                            .append(head.text(head.valueStart(i), head.valueLength(i)));
                }
            }
            events.add(event + (end ? " end" : ""));
        }

        @Override
        public void onData(ByteBuf data) {
            events.add("data " + data.toString(StandardCharsets.US_ASCII));
            data.release();
        }

        @Override
        public void onTrailers(MessageHead trailers) {
            StringBuilder event = new StringBuilder("trailers");
            for (int i = 0; i < trailers.fieldCount(); i++) {
                event.append(' ')
                        .append(trailers.text(trailers.nameStart(i), trailers.nameLength(i)))
                        .append('=')
                        .append(trailers.text(trailers.valueStart(i), trailers.valueLength(i)));
            }
            events.add(event.toString());
        }

        @Override
        public void onEnd() {
            events.add("end");
        }

        @Override
        public void onReset(StreamError error) {
            events.add("reset " + error);
        }

        @Override
        public void onWritable() {}
    }
}
