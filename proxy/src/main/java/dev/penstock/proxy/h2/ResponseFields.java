package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.Syntax;

/** Makes the head of a response (RFC 9113 section 8.3.2). */
final class ResponseFields extends FieldCollector {

    ResponseFields(int bytesMax, int fieldsMax) {
        super(bytesMax, fieldsMax);
    }

    @Override
    void pseudo(int name, byte[] value, int start, int length) {
        int status = length == 3 ? (int) Syntax.length(value, start, start + length) : -1;
        boolean first = head().status() == 0;
        // 101 has no meaning in HTTP/2 (RFC 9113 section 8.6)
        if (name != FieldToken.STATUS || !first || status < 100 || status > 599 || status == 101) {
            malformed("status");
            return;
        }
        head().status(status);
    }

    @Override
    boolean known(HeaderName name, byte[] value, int start, int length) {
        return switch (name) {
            case TE, PROXY_AUTHENTICATE -> true;
            default -> super.known(name, value, start, length);
        };
    }

    /** The block is whole; whether it is well-formed. */
    boolean finish() {
        if (head().status() == 0) {
            malformed("status");
        }
        boolean bodiless = head().status() < 200 || head().status() == 204;
        if (bodiless && contentLength() > 0) {
            malformed("content_length");
        }
        head().bodyLength(contentLength());
        return flaw() == null && !isTooLarge();
    }
}
