package dev.penstock.proxy.trace;

import java.nio.charset.StandardCharsets;

/**
 * The value of {@code traceparent} (W3C Trace Context section 3.2): version, trace id, parent id
 * and flags in lower-case hexadecimal, such as {@code
 * 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01}.
 */
final class TraceParent {

    static final int LENGTH = 55;
    static final int TRACE_ID = 3;
    static final int SPAN_ID = 36;

    private static final int ID_DIGITS = 16;
    private static final int FLAGS = 53;
    private static final int SAMPLED = 1;
    private static final byte[] DIGITS = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private TraceParent() {}

    /**
     * Whether a range of bytes is a value that may be followed. One of a version that is not known
     * may be longer, and is read as far as it is known (section 4.3).
     */
    static boolean isValid(byte[] bytes, int start, int length) {
        if (length < LENGTH || !hasForm(bytes, start)) {
            return false;
        }
        boolean first = bytes[start] == '0' && bytes[start + 1] == '0';
        boolean forbidden = bytes[start] == 'f' && bytes[start + 1] == 'f';
        if (forbidden || (length > LENGTH && (first || bytes[start + LENGTH] != '-'))) {
            return false;
        }
        boolean noTrace =
                id(bytes, start + TRACE_ID) == 0 && id(bytes, start + TRACE_ID + ID_DIGITS) == 0;
        return !noTrace && id(bytes, start + SPAN_ID) != 0;
    }

    private static boolean hasForm(byte[] bytes, int start) {
        return isHex(bytes, start, 2)
                && bytes[start + TRACE_ID - 1] == '-'
                && isHex(bytes, start + TRACE_ID, 2 * ID_DIGITS)
                && bytes[start + SPAN_ID - 1] == '-'
                && isHex(bytes, start + SPAN_ID, ID_DIGITS)
                && bytes[start + FLAGS - 1] == '-'
                && isHex(bytes, start + FLAGS, 2);
    }

    private static boolean isHex(byte[] bytes, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (digit(bytes[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int digit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
    }

    /** The sixteen digits from an index on as a number. */
    static long id(byte[] bytes, int at) {
        long id = 0;
        for (int i = at; i < at + ID_DIGITS; i++) {
            id = id << 4 | digit(bytes[i]);
        }
        return id;
    }

    static boolean isSampled(byte[] bytes, int start) {
        return (digit(bytes[start + FLAGS + 1]) & SAMPLED) != 0;
    }

    /** Writes a value of version 00. */
    static void put(
            byte[] to, int at, long traceHigh, long traceLow, long spanId, boolean sampled) {
        to[at] = '0';
        to[at + 1] = '0';
        to[at + 2] = '-';
        putId(to, at + TRACE_ID, traceHigh);
        putId(to, at + TRACE_ID + ID_DIGITS, traceLow);
        to[at + SPAN_ID - 1] = '-';
        putId(to, at + SPAN_ID, spanId);
        to[at + FLAGS - 1] = '-';
        to[at + FLAGS] = '0';
        to[at + FLAGS + 1] = (byte) (sampled ? '1' : '0');
    }

    /** The sixteen digits of an id. */
    static String text(long id) {
        byte[] digits = new byte[ID_DIGITS];
        putId(digits, 0, id);
        return new String(digits, StandardCharsets.US_ASCII);
    }

    /** Writes the sixteen digits of an id. */
    static void putId(byte[] to, int at, long id) {
        for (int i = 0; i < ID_DIGITS; i++) {
            to[at + i] = DIGITS[(int) (id >>> (60 - 4 * i)) & 0xf];
        }
    }
}
