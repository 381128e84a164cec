package dev.penstock.proxy.message;

/**
 * Names that a server behind may take for one of the proxy's: CGI and its descendants read {@code
 * _} and {@code -} alike, so {@code x_forwarded_for} would pass as ours.
 */
public final class Alias {

    private static final byte[] FORWARDED_PREFIX = Syntax.ascii("x-forwarded-");

    private Alias() {}

    /** Whether a name with underscores becomes one the proxy knows when they are dashes. */
    public static boolean isManaged(byte[] b, int start, int length) {
        byte[] dashed = new byte[length];
        for (int i = 0; i < length; i++) {
            byte c = b[start + i];
            dashed[i] = c == '_' ? (byte) '-' : c;
        }
        return HeaderName.find(dashed, 0, length) != null || isForwarded(dashed, 0, length);
    }

    /** Whether a name is of the {@code X-Forwarded-} family. */
    public static boolean isForwarded(byte[] b, int start, int length) {
        return length > FORWARDED_PREFIX.length
                && Syntax.is(b, start, start + FORWARDED_PREFIX.length, FORWARDED_PREFIX);
    }
}
