package dev.penstock.l4.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback whose answers a test changes as it goes. */
public final class TinyDnsServer implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger queries = new AtomicInteger();

    private record Answer(DnsResponseCode code, int ttlSeconds, List<InetAddress> addresses) {}

    public TinyDnsServer() {
        channel =
                new Bootstrap()
                        .group(group)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                new ChannelInitializer<DatagramChannel>() {
                                    @Override
                                    protected void initChannel(DatagramChannel ch) {
                                        ch.pipeline()
                                                .addLast(
                                                        new DatagramDnsQueryDecoder(),
                                                        new DatagramDnsResponseEncoder(),
                                                        new Responder());
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .syncUninterruptibly()
                        .channel();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** How many questions for A records have come. */
    public int queries() {
        return queries.get();
    }

    /** Answers a name with addresses from now on; a name without an answer does not exist. */
    public void answer(String name, int ttlSeconds, String... addresses) {
        List<InetAddress> parsed = Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
        answers.put(name, new Answer(DnsResponseCode.NOERROR, ttlSeconds, parsed));
    }

    /** Fails for a name from now on. */
    public void fail(String name, DnsResponseCode code) {
        answers.put(name, new Answer(code, 0, List.of()));
    }

    private final class Responder extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            String name = question.name().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
            boolean ipv4 = question.type().equals(DnsRecordType.A);
            if (ipv4) {
                queries.incrementAndGet();
            }
            Answer answer =
                    answers.getOrDefault(name, new Answer(DnsResponseCode.NXDOMAIN, 0, List.of()));
            DatagramDnsResponse response =
                    new DatagramDnsResponse(
                            /* sender= */ query.recipient(),
                            /* recipient= */ query.sender(),
                            query.id(),
                            query.opCode(),
                            answer.code());
            response.setRecursionAvailable(true);
            response.addRecord(DnsSection.QUESTION, question);
            for (InetAddress address : answer.addresses()) {
                if (address instanceof Inet4Address == ipv4) {
                    response.addRecord(
                            DnsSection.ANSWER,
                            new DefaultDnsRawRecord(
                                    question.name(),
                                    question.type(),
                                    answer.ttlSeconds(),
                                    Unpooled.wrappedBuffer(address.getAddress())));
                }
            }
            ctx.writeAndFlush(response);
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
