package dev.penstock.l4.dns;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One name that is asked for again and again. Owned by the resolver's event loop. */
final class NameWatch implements NameResolver.Watch {

    private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);

    private static final int TTL_SECONDS_MIN = 1;
    private static final int TTL_SECONDS_MAX = 300;
    private static final int RETRY_SECONDS_MAX = 30;

    private static final Comparator<InetAddress> ORDER =
            Comparator.comparing(InetAddress::getAddress, NameWatch::compare);

    private final String name;
    private final DnsNameResolver resolver;
    private final EventLoop loop;
    private final boolean ipv6;
    private final Consumer<List<InetAddress>> listener;

    private @Nullable List<InetAddress> last;
    private int failures;

    /** Written by whoever closes. */
    private volatile boolean closed;

    // The answers to the question that is out.
    private int pending;
    private int ttlSeconds;
    private boolean failed;
    private List<InetAddress> addresses = new ArrayList<>();

    NameWatch(
            String name,
            DnsNameResolver resolver,
            EventLoop loop,
            boolean ipv6,
            Consumer<List<InetAddress>> listener) {
        // A trailing dot keeps search domains out: the name is absolute.
        this.name = name.endsWith(".") ? name : name + ".";
        this.resolver = resolver;
        this.loop = loop;
        this.ipv6 = ipv6;
        this.listener = listener;
    }

    private static int compare(byte[] a, byte[] b) {
        return a.length != b.length ? a.length - b.length : Arrays.compareUnsigned(a, b);
    }

    @Override
    public void close() {
        closed = true;
    }

    void ask() {
        if (closed) {
            return;
        }
        addresses = new ArrayList<>();
        ttlSeconds = TTL_SECONDS_MAX;
        failed = false;
        pending = ipv6 ? 2 : 1;
        query(DnsRecordType.A);
        if (ipv6) {
            query(DnsRecordType.AAAA);
        }
    }

    private void query(DnsRecordType type) {
        Future<List<DnsRecord>> answer = resolver.resolveAll(new DefaultDnsQuestion(name, type));
        answer.addListener((Future<List<DnsRecord>> done) -> {
            if (done.isSuccess()) {
                take(done.getNow());
            } else if (!isNegative(done.cause())) {
                failed = true;
                LOG.debug("{} of {} cannot be resolved", type.name(), name, done.cause());
            }
            if (--pending == 0) {
                conclude();
            }
        });
    }

    private void take(List<DnsRecord> records) {
        for (DnsRecord record : records) {
            try {
                if (record instanceof DnsRawRecord raw) {
                    byte[] bytes = new byte[raw.content().readableBytes()];
                    raw.content().readBytes(bytes);
                    addresses.add(InetAddress.getByAddress(bytes));
                    ttlSeconds = (int) Math.min(ttlSeconds, record.timeToLive());
                }
            } catch (UnknownHostException e) {
                LOG.debug("{} has an address record of a wrong length", name, e);
            } finally {
                ReferenceCountUtil.release(record);
            }
        }
    }

    /** Whether the name servers said that there is no such name, rather than nothing of use. */
    private static boolean isNegative(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DnsErrorCauseException dns) {
                return dns.getCode().equals(DnsResponseCode.NXDOMAIN);
            }
        }
        return false;
    }

    private void conclude() {
        if (closed) {
            return;
        }
        long wait;
        if (!addresses.isEmpty()) {
            failures = 0;
            wait = Math.max(TTL_SECONDS_MIN, ttlSeconds);
            addresses.sort(ORDER);
            publish(List.copyOf(addresses));
        } else {
            wait = Math.min(RETRY_SECONDS_MAX, 1L << Math.min(failures++, 5));
            if (failed) {
                // Once for each outage.
                LOG.atLevel(failures == 1 ? Level.WARN : Level.DEBUG)
                        .log("{} cannot be resolved; trying again in {} s", name, wait);
            } else {
                publish(List.of());
            }
        }
        loop.schedule(this::ask, wait, TimeUnit.SECONDS);
    }

    private void publish(List<InetAddress> next) {
        if (!next.equals(last)) {
            last = next;
            LOG.debug("{} is {}", name, next);
            listener.accept(next);
        }
    }
}
