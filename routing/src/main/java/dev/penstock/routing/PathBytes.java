package dev.penstock.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of paths by what normalisation does with them, and the canonical form of a rule's path,
 * which a request's normalised path is compared with.
 *
 * <p>Canonical means: unreserved characters (RFC 3986 section 2.3) are not escaped, the hex digits
 * of escapes are upper case, and every byte that RFC 3986 section 3.3 does not allow in a path is
 * escaped. Reserved characters stay as they were written, for {@code %2F} and {@code /} differ.
 */
final class PathBytes {

    /** Stands for itself. */
    static final byte PLAIN = 0;

    /** Parts elements. */
    static final byte SLASH = 1;

    /** Begins an escape. */
    static final byte PERCENT = 2;

    /** Not allowed by the grammar, but sent by browsers: compared in its escaped form. */
    static final byte LOOSE = 3;

    /** Ends the path. */
    static final byte QUESTION_MARK = 4;

    /** Never part of a request's target. */
    static final byte BACKSLASH = 5;

    /** Never part of a request's target. */
    static final byte HASH = 6;

    /** A control byte, a space, DEL or a byte above ASCII: never part of a request's target. */
    static final byte INVALID = 7;

    private static final byte[] CLASSES = classes();
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private PathBytes() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        Arrays.fill(classes, INVALID);
        Arrays.fill(classes, 0x21, 0x7f, PLAIN);
        for (char c : "\"<>[]^`{|}".toCharArray()) {
            classes[c] = LOOSE;
        }
        classes['/'] = SLASH;
        classes['%'] = PERCENT;
        classes['?'] = QUESTION_MARK;
        classes['\\'] = BACKSLASH;
        classes['#'] = HASH;
        return classes;
    }

    static byte classOf(byte value) {
        return CLASSES[value & 0xff];
    }

    /** RFC 3986 section 2.3. */
    static boolean isUnreserved(int value) {
        return (value >= 'a' && value <= 'z')
                || (value >= 'A' && value <= 'Z')
                || (value >= '0' && value <= '9')
                || value == '-'
                || value == '.'
                || value == '_'
                || value == '~';
    }

    /** The value of a hex digit, or -1. */
    static int hexValue(byte digit) {
        return Character.digit((char) (digit & 0xff), 16);
    }

    /** The byte that two hex digits at an index stand for; -1 where there are no two. */
    static int escapedByte(byte[] bytes, int index, int end) {
        if (index + 2 > end) {
            return -1;
        }
        int high = hexValue(bytes[index]);
        int low = hexValue(bytes[index + 1]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Writes an escape of three bytes; returns the index behind it. */
    static int writeEscape(byte[] out, int index, int value) {
        out[index] = '%';
        out[index + 1] = HEX[value >> 4 & 0xf];
        out[index + 2] = HEX[value & 0xf];
        return index + 3;
    }

    /**
     * The canonical form of a rule's path. A path with dot segments is not resolved: it matches no
     * request.
     */
    static byte[] canonical(String path) {
        byte[] in = path.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length * 3];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            byte c = in[i];
            byte kind = classOf(c);
            int escaped = kind == PERCENT ? escapedByte(in, i + 1, in.length) : -1;
            if (escaped >= 0) {
                i += 2;
                if (isUnreserved(escaped)) {
                    out[length++] = (byte) escaped;
                } else {
                    length = writeEscape(out, length, escaped);
                }
            } else if (kind == PLAIN || kind == SLASH) {
                out[length++] = c;
            } else {
                length = writeEscape(out, length, c & 0xff);
            }
        }
        return Arrays.copyOf(out, length);
    }
}
