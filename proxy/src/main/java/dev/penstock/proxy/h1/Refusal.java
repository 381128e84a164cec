package dev.penstock.proxy.h1;

/** Why a message is refused, and with which status when it is a request. */
enum Refusal {
    REQUEST_LINE(400, "request_line"),
    METHOD(400, "method"),
    TARGET(400, "target"),
    TARGET_TOO_LONG(414, "target_too_long"),
    VERSION(505, "version"),
    STATUS_LINE(400, "status_line"),
    LINE_END(400, "line_end"),
    CONTROL_BYTE(400, "control_byte"),
    FOLDED_LINE(400, "folded_line"),
    FIELD_NAME(400, "field_name"),
    HEAD_TOO_LARGE(431, "head_too_large"),
    TOO_MANY_FIELDS(431, "too_many_fields"),
    HOST(400, "host"),
    CONTENT_LENGTH(400, "content_length"),
    TRANSFER_ENCODING(400, "transfer_encoding"),
    UNKNOWN_CODING(501, "unknown_transfer_coding"),
    TWO_LENGTHS(400, "length_and_transfer_encoding"),
    CONNECT(501, "connect"),
    CONNECTION_OPTION(400, "connection_option"),
    UPGRADE(400, "upgrade"),
    EXPECTATION(417, "expectation"),
    CHUNK(400, "chunk"),
    TRAILER(400, "trailer"),
    HEAD_TIMEOUT(408, "head_timeout");

    private final int status;
    private final String reason;

    Refusal(int status, String reason) {
        this.status = status;
        this.reason = reason;
    }

    int status() {
        return status;
    }

    /** A short constant text for metrics. */
    String reason() {
        return reason;
    }
}
