package dev.penstock.proxy.observe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A line being written: bytes that grow as needed and are used again for the next. */
final class LineBuffer {

    private static final int INITIAL_BYTES = 1024;
    private static final int LONG_DIGITS_MAX = 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int NANOS_PER_MICRO = 1000;
    private static final int MICRO_DIGITS = 6;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;

    LineBuffer() {
        this(INITIAL_BYTES);
    }

    LineBuffer(int initialBytes) {
        bytes = new byte[initialBytes];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    LineBuffer put(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends ASCII text that needs no escape. */
    @SuppressWarnings("deprecation") // copies ASCII text without making garbage
    LineBuffer put(String ascii) {
        ensure(ascii.length());
        ascii.getBytes(0, ascii.length(), bytes, length);
        length += ascii.length();
        return this;
    }

    /**
     * Appends a name of ours or of an object; a byte that could end a line or a quote is a {@code
     * ?}.
     */
    LineBuffer putName(String name) {
        ensure(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            bytes[length++] = (byte) (c <= ' ' || c >= 0x7f || c == '"' || c == '\\' ? '?' : c);
        }
        return this;
    }

    LineBuffer put(LineBuffer other) {
        return put(other.bytes, 0, other.length);
    }

    LineBuffer put(byte[] source, int start, int count) {
        ensure(count);
        System.arraycopy(source, start, bytes, length, count);
        length += count;
        return this;
    }

    LineBuffer put(long value) {
        if (value < 0) {
            put('-');
            return put(value == Long.MIN_VALUE ? Long.MAX_VALUE : -value);
        }
        ensure(LONG_DIGITS_MAX);
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        putDigits(value, digits);
        return this;
    }

    /** Appends exactly so many digits, with leading zeros. */
    LineBuffer putDigits(long value, int digits) {
        ensure(digits);
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Appends a duration in seconds with microseconds. */
    LineBuffer putSeconds(long nanos) {
        long positive = Math.max(0, nanos);
        put(positive / NANOS_PER_SECOND).put('.');
        return putDigits(positive % NANOS_PER_SECOND / NANOS_PER_MICRO, MICRO_DIGITS);
    }

    /**
     * Appends bytes from outside for a text line: what is not printable ASCII, quotes and
     * backslashes as {@code \xHH}, and spaces too where the value is not in quotes.
     */
    LineBuffer putTextEscaped(byte[] source, int start, int count, boolean quoted) {
        ensure(count * 4);
        for (int i = start; i < start + count; i++) {
            byte b = source[i];
            if (b < ' ' || b == 0x7f || b == '"' || b == '\\' || (b == ' ' && !quoted)) {
                bytes[length++] = '\\';
                bytes[length++] = 'x';
                putHex(b);
            } else {
                bytes[length++] = b;
            }
        }
        return this;
    }

    /**
     * Appends bytes from outside for a JSON string (RFC 8259 section 7). Bytes beyond ASCII become
     * the characters of the same number, so that no sequence of bytes makes an invalid line.
     */
    LineBuffer putJsonEscaped(byte[] source, int start, int count) {
        ensure(count * 6);
        for (int i = start; i < start + count; i++) {
            byte b = source[i];
            if (b == '"' || b == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = b;
            } else if (b < ' ' || b == 0x7f) {
                bytes[length++] = '\\';
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                putHex(b);
            } else {
                bytes[length++] = b;
            }
        }
        return this;
    }

    private void putHex(byte b) {
        bytes[length++] = HEX[(b >> 4) & 0xf];
        bytes[length++] = HEX[b & 0xf];
    }

    /** Appends a number in hexadecimal without leading zeros. */
    LineBuffer putHexNumber(int value) {
        int shift = 12;
        while (shift > 0 && value >> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            put((char) HEX[(value >> shift) & 0xf]);
        }
        return this;
    }

    /** Appends the sixteen digits of a number in hexadecimal. */
    LineBuffer putHex(long value) {
        ensure(Long.BYTES * 2);
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 0xf];
        }
        return this;
    }

    /** What was written so far, one character a byte. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
