package dev.penstock.proxy.message;

/** Comparisons of ASCII text that stands in byte arrays. */
public final class AsciiBytes {

    private AsciiBytes() {}

    /** The byte in lower case if it is an ASCII letter, else as it is. */
    public static byte toLower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    /** Whether a range equals lower-case text without regard to the range's case. */
    public static boolean equalsIgnoreCase(byte[] source, int start, int length, byte[] lowerCase) {
        if (length != lowerCase.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (toLower(source[start + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a range equals other bytes exactly. */
    public static boolean equals(byte[] source, int start, int length, byte[] other) {
        if (length != other.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (source[start + i] != other[i]) {
                return false;
            }
        }
        return true;
    }
}
