package dev.penstock.proxy.message;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Field names the proxy knows, so that a name is compared once, while it is parsed. {@link #find}
 * is the only look-up by bytes.
 */
public enum HeaderName {
    ACCEPT("accept"),
    ACCEPT_ENCODING("accept-encoding"),
    ALT_SVC("alt-svc"),
    AUTHORIZATION("authorization"),
    CACHE_CONTROL("cache-control"),
    CONNECTION("connection"),
    CONTENT_LENGTH("content-length"),
    CONTENT_TYPE("content-type"),
    COOKIE("cookie"),
    DATE("date"),
    EXPECT("expect"),
    FORWARDED("forwarded"),
    GRPC_STATUS("grpc-status"),
    HOST("host"),
    HTTP2_SETTINGS("http2-settings"),
    KEEP_ALIVE("keep-alive"),
    LOCATION("location"),
    PROXY("proxy"),
    PROXY_AUTHENTICATE("proxy-authenticate"),
    PROXY_AUTHORIZATION("proxy-authorization"),
    PROXY_CONNECTION("proxy-connection"),
    REFERER("referer"),
    SERVER("server"),
    SET_COOKIE("set-cookie"),
    TE("te"),
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    TRAILER("trailer"),
    TRANSFER_ENCODING("transfer-encoding"),
    UPGRADE("upgrade"),
    USER_AGENT("user-agent"),
    VIA("via"),
    X_FORWARDED_FOR("x-forwarded-for"),
    X_FORWARDED_HOST("x-forwarded-host"),
    X_FORWARDED_PORT("x-forwarded-port"),
    X_FORWARDED_PROTO("x-forwarded-proto"),
    X_FORWARDED_SCHEME("x-forwarded-scheme"),
    X_ORIGINAL_FORWARDED_FOR("x-original-forwarded-for"),
    X_REAL_IP("x-real-ip"),
    X_REQUEST_ID("x-request-id"),
    X_SCHEME("x-scheme");

    private static final int TABLE_SIZE = 256;
    private static final HeaderName[] ALL = values();
    private static final HeaderName[][] TABLE = table();

    private final byte[] bytes;
    private final String text;

    HeaderName(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The name in lower case. The array is not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The name in lower case. */
    public String text() {
        return text;
    }

    /** The bit of this name in a set of names. */
    public long bit() {
        return 1L << ordinal();
    }

    /** The name with the given ordinal. */
    static HeaderName of(int ordinal) {
        return ALL[ordinal];
    }

    /** The known name that equals a range of bytes without regard to case, or null. */
    public static @Nullable HeaderName find(byte[] source, int start, int length) {
        if (length == 0) {
            return null;
        }
        HeaderName[] candidates = TABLE[slot(length, source[start], source[start + length - 1])];
        if (candidates != null) {
            for (HeaderName candidate : candidates) {
                if (AsciiBytes.equalsIgnoreCase(source, start, length, candidate.bytes)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static int slot(int length, byte first, byte last) {
        return (length * 31 + (first | 0x20) * 7 + (last | 0x20)) & (TABLE_SIZE - 1);
    }

    @SuppressWarnings("NullAway") // the empty slots are the point
    private static HeaderName[][] table() {
        HeaderName[][] table = new HeaderName[TABLE_SIZE][];
        for (HeaderName name : ALL) {
            byte[] b = name.bytes;
            int slot = slot(b.length, b[0], b[b.length - 1]);
            HeaderName[] old = table[slot];
            HeaderName[] grown = new HeaderName[old == null ? 1 : old.length + 1];
            if (old != null) {
                System.arraycopy(old, 0, grown, 0, old.length);
            }
            grown[grown.length - 1] = name;
            table[slot] = grown;
        }
        return table;
    }
}
