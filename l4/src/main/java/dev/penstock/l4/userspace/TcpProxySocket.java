package dev.penstock.l4.userspace;

import dev.penstock.l4.node.RulesException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts TCP connections and hands each to a {@link TcpConnection}. */
final class TcpProxySocket implements ProxySocket {

    private static final Logger log = LoggerFactory.getLogger(TcpProxySocket.class);
    private static final RareLog RARE = new RareLog();

    /** How many connections may wait to be accepted; the kernel's {@code somaxconn} caps it. */
    private static final int BACKLOG = 4096;

    /** After accept has failed, for want of descriptors mostly, there is no use to try at once. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    private static final long SELECT_SECONDS = 5;

    private final ChannelFuture binding;
    private final InetSocketAddress wanted;

    TcpProxySocket(InetSocketAddress address, DestinationChoice choice, SocketLoops loops) {
        wanted = address;
        binding =
                new Bootstrap()
                        .group(loops.nextForConnections())
                        .channelFactory(loops.listeners(ProxySocket.family(address.getAddress())))
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .handler(new Acceptor(address, choice, loops))
                        .bind(address);
        // A bind that fails closes the channel.
        binding.channel().closeFuture().addListener(_ -> loops.descriptors().giveBack(1));
    }

    @Override
    public void awaitOpen() throws RulesException {
        Channel _ = ProxySocket.await(binding, wanted);
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) binding.channel().localAddress();
    }

    @Override
    public void destinationsChanged() {
        // Connections that are open live on.
    }

    @Override
    public void close() {
        Channel channel = binding.channel();
        channel.close().awaitUninterruptibly();
        awaitSelect((SingleThreadEventLoop) channel.eventLoop());
    }

    /**
     * Waits until a loop has selected anew: until then the JDK keeps the kernel's socket of a
     * closed channel, which goes on to listen, and its port is taken for whoever comes next.
     */
    private static void awaitSelect(SingleThreadEventLoop loop) {
        CompletableFuture<Void> selected = new CompletableFuture<>();
        try {
            loop.executeAfterEventLoopIteration(() -> loop.execute(() -> selected.complete(null)));
            selected.get(SELECT_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException _) {
            // The loop has ended, and its sockets with it.
        } catch (ExecutionException | TimeoutException e) {
            log.warn("a closed socket may listen on for a moment: its loop is busy");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Acceptor extends ChannelInboundHandlerAdapter {

        private final InetSocketAddress address;
        private final DestinationChoice choice;
        private final SocketLoops loops;

        Acceptor(InetSocketAddress address, DestinationChoice choice, SocketLoops loops) {
            this.address = address;
            this.choice = choice;
            this.loops = loops;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            SocketChannel client = (SocketChannel) message;
            if (ProxySocket.isOfOtherFamily(client.remoteAddress(), address)) {
                TcpConnection.reset(client);
                return;
            }
            if (!loops.descriptors().tryTake(TcpConnection.DESCRIPTORS)) {
                TcpConnection.reset(client);
                if (RARE.isDue()) {
                    log.warn(
                            "connections are refused: the limit of {} open files for sockets is"
                                    + " reached",
                            loops.descriptors().max());
                }
                return;
            }
            new TcpConnection(client, choice, loops).begin();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (RARE.isDue()) {
                log.warn("connections wait to be accepted: {}", cause.getMessage());
            }
            ctx.channel().config().setAutoRead(false);
            ctx.executor()
                    .schedule(
                            () -> ctx.channel().config().setAutoRead(true),
                            ACCEPT_PAUSE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }
}
