package dev.penstock.proxy.h1;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Locale;

/**
 * What the connections of one event loop share: parsers, which a connection borrows while a head
 * arrives, so that an idle one holds none; flushes, which are gathered until the read that caused
 * them is over; and the date.
 */
final class LoopState {

    private static final int POOL_MAX = 64;

    /** Heads that grew beyond are not kept. */
    private static final int POOLED_BYTES_MAX = 16 * 1024;

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("'date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final FastThreadLocal<LoopState> CURRENT =
            new FastThreadLocal<>() {
                @Override
                protected LoopState initialValue() {
                    return new LoopState();
                }
            };

    private final ArrayDeque<RequestHeadParser> requestParsers = new ArrayDeque<>();
    private final ArrayDeque<ResponseHeadParser> responseParsers = new ArrayDeque<>();
    private final ArrayDeque<TrailerParser> trailerParsers = new ArrayDeque<>();
    private final ArrayList<H1Connection> toFlush = new ArrayList<>();
    private boolean inRead;
    private long dateSecond = -1;
    private byte[] dateLine = new byte[0];

    private LoopState() {}

    /** The calling event loop's. */
    static LoopState current() {
        return CURRENT.get();
    }

    RequestHeadParser requestParser(int headBytesMax, int fieldsMax, int targetBytesMax) {
        RequestHeadParser pooled = requestParsers.poll();
        RequestHeadParser parser = pooled == null ? new RequestHeadParser() : pooled;
        parser.reset(headBytesMax, fieldsMax, targetBytesMax);
        return parser;
    }

    ResponseHeadParser responseParser(int headBytesMax, int fieldsMax) {
        ResponseHeadParser pooled = responseParsers.poll();
        ResponseHeadParser parser = pooled == null ? new ResponseHeadParser() : pooled;
        parser.reset(headBytesMax, fieldsMax);
        return parser;
    }

    TrailerParser trailerParser(int headBytesMax, int fieldsMax) {
        TrailerParser pooled = trailerParsers.poll();
        TrailerParser parser = pooled == null ? new TrailerParser() : pooled;
        parser.reset(headBytesMax, fieldsMax);
        return parser;
    }

    void release(HeadParser parser) {
        if (parser.head.bytes().length > POOLED_BYTES_MAX) {
            return;
        }
        switch (parser) {
            case RequestHeadParser request -> release(requestParsers, request);
            case ResponseHeadParser response -> release(responseParsers, response);
            case TrailerParser trailers -> release(trailerParsers, trailers);
        }
    }

    private static <T> void release(ArrayDeque<T> pool, T parser) {
        if (pool.size() < POOL_MAX) {
            pool.push(parser);
        }
    }

    /** A read begins; flushes wait for its end. */
    void beginRead() {
        inRead = true;
    }

    /** Whether a flush of the connection will follow; if not, the caller flushes. */
    boolean flushLater(H1Connection connection) {
        if (inRead) {
            toFlush.add(connection);
        }
        return inRead;
    }

    /** A read is over; what it caused is flushed. */
    void endRead() {
        inRead = false;
        // By index: a flush may make a channel writable, which may ask for another flush.
        for (int i = 0; i < toFlush.size(); i++) {
            toFlush.get(i).flushNow();
        }
        toFlush.clear();
    }

    /** The field line of {@code Date} with its end, for this second. */
    byte[] dateLine() {
        long second = System.currentTimeMillis() / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            dateLine =
                    DATE.format(Instant.ofEpochSecond(second)).getBytes(StandardCharsets.US_ASCII);
        }
        return dateLine;
    }
}
