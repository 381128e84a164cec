package dev.penstock.proxy.message;

import io.netty.util.NetUtil;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Classes of bytes and small grammars of RFC 9110 section 5.6 and RFC 9112. */
public final class Syntax {

    public static final byte CR = '\r';
    public static final byte LF = '\n';

    /** Class of the bytes of a token. */
    public static final int TOKEN = 1;

    /** Class of the underscore, which some servers take for a dash. */
    public static final int UNDERSCORE = 2;

    /** Class of the bytes that a request target may hold: visible, no fragment, no backslash. */
    public static final int TARGET = 4;

    /** Class of the bytes of a host name. */
    public static final int HOST = 8;

    private static final int LENGTH_DIGITS_MAX = 18;
    private static final int HOST_LENGTH_MAX = 255;
    private static final int PORT_MAX = 65_535;
    private static final byte[] CLASSES = classes();

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long SPACES = ONES * 0x20;
    private static final long DELETES = ONES * 0x7f;

    private Syntax() {}

    /** The classes a byte is in, as a set of bits. */
    public static int classes(byte b) {
        return CLASSES[b & 0xff];
    }

    public static boolean isToken(byte[] b, int start, int end) {
        for (int i = start; i < end; i++) {
            if ((CLASSES[b[i] & 0xff] & TOKEN) == 0) {
                return false;
            }
        }
        return end > start;
    }

    public static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    public static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The value of a hexadecimal digit, or -1. */
    public static int hex(byte b) {
        if (isDigit(b)) {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /**
     * The index of the first control byte other than the tab, or the end. Eight bytes at a time:
     * this is the one look at the bytes of a value.
     */
    public static int indexOfControl(byte[] b, int start, int end) {
        int i = start;
        while (i + Long.BYTES <= end) {
            long word = (long) LONGS.get(b, i);
            long deletes = word ^ DELETES;
            // Each term marks the lowest byte it looks for exactly, and may mark others only above.
            long found = (((word - SPACES) & ~word) | ((deletes - ONES) & ~deletes)) & HIGH_BITS;
            if (found == 0) {
                i += Long.BYTES;
                continue;
            }
            i += Long.numberOfTrailingZeros(found) >>> 3;
            if (b[i] != '\t') {
                return i;
            }
            i++;
        }
        while (i < end && !isControl(b[i])) {
            i++;
        }
        return i;
    }

    public static boolean isControl(byte b) {
        return (b >= 0 && b < 0x20 && b != '\t') || b == 0x7f;
    }

    /** A length of digits only, or -1 where it is none or too large. */
    public static long length(byte[] b, int start, int end) {
        if (end == start || end - start > LENGTH_DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (!isDigit(b[i])) {
                return -1;
            }
            value = value * 10 + (b[i] - '0');
        }
        return value;
    }

    /**
     * Whether a range is a host with or without a port, of the forms that name something: letters,
     * digits, dashes, underscores and dots, or an IPv6 address in brackets. RFC 3986 allows more,
     * none of which is a name of DNS.
     */
    public static boolean isAuthority(byte[] b, int start, int end) {
        int i = start;
        if (i < end && b[i] == '[') {
            while (i < end && b[i] != ']') {
                i++;
            }
            if (i == end || !isIpv6(b, start + 1, i)) {
                return false;
            }
            i++;
        } else {
            byte before = '.';
            while (i < end && (CLASSES[b[i] & 0xff] & HOST) != 0) {
                if (b[i] == '.' && before == '.') {
                    return false;
                }
                before = b[i++];
            }
            if (i == start) {
                return false;
            }
        }
        return i - start <= HOST_LENGTH_MAX && (i == end || (b[i] == ':' && isPort(b, i + 1, end)));
    }

    private static boolean isIpv6(byte[] b, int start, int end) {
        for (int i = start; i < end; i++) {
            if (hex(b[i]) < 0 && b[i] != ':' && b[i] != '.') {
                return false;
            }
        }
        return NetUtil.isValidIpV6Address(
                new String(b, start, end - start, StandardCharsets.US_ASCII));
    }

    private static boolean isPort(byte[] b, int start, int end) {
        long port = end - start > 5 ? -1 : length(b, start, end);
        return port >= 0 && port <= PORT_MAX;
    }

    /** Whether a range equals lower-case text without regard to the range's case. */
    public static boolean is(byte[] b, int start, int end, byte[] lowerCase) {
        return AsciiBytes.equalsIgnoreCase(b, start, end - start, lowerCase);
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int c = 0x21; c < 0x7f; c++) {
            boolean alphanumeric =
                    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                classes[c] |= TOKEN;
            }
            if (c == '_') {
                classes[c] |= UNDERSCORE;
            }
            if (c != '#' && c != '\\') {
                classes[c] |= TARGET;
            }
            if (alphanumeric || "-._".indexOf(c) >= 0) {
                classes[c] |= HOST;
            }
        }
        return classes;
    }
}
