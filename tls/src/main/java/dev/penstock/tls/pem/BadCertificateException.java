package dev.penstock.tls.pem;

/**
 * A certificate chain or its key cannot be used. The message is one line without a trailing full
 * stop, says what is wrong, and holds no byte of the key.
 */
public final class BadCertificateException extends Exception {

    private static final int DETAIL_MAX = 160;

    BadCertificateException(String message) {
        super(message);
    }

    BadCertificateException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A library's words for what went wrong, made fit to stand at the end of a message. */
    static String detail(Throwable cause) {
        String text = cause.getMessage();
        if (text == null || text.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        return printable(text);
    }

    /** Text from outside in one line of printable ASCII, cut where it is long. */
    static String printable(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && i < DETAIL_MAX; i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c >= 0x7f ? '?' : c);
        }
        return line.toString().strip();
    }
}
