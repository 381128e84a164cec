package dev.penstock.proxy.exchange;

import dev.penstock.proxy.flight.RequestEvent;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.observe.ExchangeRecord;
import dev.penstock.proxy.observe.LoopAccessLog;
import dev.penstock.proxy.observe.LoopMetrics;
import dev.penstock.proxy.observe.RouteMetrics;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.trace.LoopTracer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts and writes down the exchanges of one event loop, which owns it. */
public final class ExchangeObserver {

    private static final int POOLED_MAX = 256;
    private static final long CLOCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoopMetrics metrics;
    private final LoopAccessLog log;
    private final RouteMetrics unrouted;
    private final @Nullable LoopTracer tracer;
    private final Deque<ExchangeRecord> records = new ArrayDeque<>();
    // Reading one clock is enough for most requests: the other follows it closely.
    private long clockNanos = System.nanoTime();
    private long clockMillis = System.currentTimeMillis();

    /**
     * @param unrouted the series of requests that no route takes
     * @param tracer null where nothing is traced
     */
    public ExchangeObserver(
            LoopMetrics metrics,
            LoopAccessLog log,
            RouteMetrics unrouted,
            @Nullable LoopTracer tracer) {
        this.metrics = metrics;
        this.log = log;
        this.unrouted = unrouted;
        this.tracer = tracer;
    }

    RouteMetrics unrouted() {
        return unrouted;
    }

    /** An exchange begins. The record goes back with {@link #end}. */
    ExchangeRecord begin(ServerStream client, MessageHead head) {
        ExchangeRecord pooled = records.pollLast();
        ExchangeRecord made = pooled == null ? new ExchangeRecord() : pooled;
        long now = System.nanoTime();
        made.started(now, millis(now));
        if (RequestEvent.isWanted()) {
            RequestEvent event = new RequestEvent();
            event.begin();
            made.event(event);
        }
        made.request(head);
        ConnectionInfo connection = client.connection();
        made.connection(connection.client().getAddress(), client.protocol(), connection.secure());
        int id = head.find(HeaderName.X_REQUEST_ID, 0);
        if (id >= 0) {
            made.requestId(head.bytes(), head.valueStart(id), head.valueLength(id));
        }
        metrics.exchangeStarted();
        return made;
    }

    private long millis(long nanos) {
        if (nanos - clockNanos > CLOCK_NANOS) {
            clockNanos = nanos;
            clockMillis = System.currentTimeMillis();
        }
        return clockMillis + TimeUnit.NANOSECONDS.toMillis(nanos - clockNanos);
    }

    /** The request has found its route, or none. The head says from now on what trace it is of. */
    void routed(ExchangeRecord record, MessageHead head, @Nullable CompiledRoute route) {
        record.routed();
        if (route != null) {
            record.route(route.id(), route.service());
        }
        LoopTracer present = tracer;
        if (present != null) {
            record.trace(
                    route == null
                            ? present.begin(head, null, null)
                            : present.begin(
                                    head, route.route().policy(), route.route().path().value()));
        }
    }

    /** An exchange is over. */
    void end(ExchangeRecord ended, RouteMetrics series) {
        ended.ended(System.nanoTime());
        ended.endTrace();
        ended.commitEvent();
        metrics.exchangeEnded(ended, series);
        log.write(ended);
        ended.clear();
        if (records.size() < POOLED_MAX) {
            records.addLast(ended);
        }
    }

    /** The codec refused a message. */
    void refused(ConnectionInfo connection, int status, String reason) {
        metrics.refused(reason);
        if (status == 0) {
            return;
        }
        ExchangeRecord pooled = records.pollLast();
        ExchangeRecord made = pooled == null ? new ExchangeRecord() : pooled;
        long now = System.nanoTime();
        made.started(now, millis(now));
        made.connection(connection.client().getAddress(), "", connection.secure());
        made.status(status);
        made.error(reason);
        log.write(made);
        made.clear();
        records.addLast(made);
    }
}
