package dev.penstock.proxy.h2;

/**
 * The peer did what ends a connection (RFC 9113 section 5.4.1). Has no stack trace: it says where
 * the peer went wrong, not where we are.
 */
final class ConnectionError extends Exception {

    private static final long serialVersionUID = 1;

    private final int code;

    /**
     * @param code one of {@link ErrorCode}
     * @param reason a short constant text, fit for a metric's label
     */
    ConnectionError(int code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    static ConnectionError protocol(String reason) {
        return new ConnectionError(ErrorCode.PROTOCOL_ERROR, reason);
    }

    static ConnectionError compression(String reason) {
        return new ConnectionError(ErrorCode.COMPRESSION_ERROR, reason);
    }

    static ConnectionError frameSize(String reason) {
        return new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, reason);
    }

    static ConnectionError calm(String reason) {
        return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, reason);
    }
}
