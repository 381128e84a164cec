package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.HeaderName;

/**
 * Makes a trailer section. Framing and routing in it are malformed; other fields the proxy knows
 * have no meaning there and are dropped (RFC 9110 section 6.5.1).
 */
final class TrailerFields extends FieldCollector {

    TrailerFields(int bytesMax, int fieldsMax) {
        super(bytesMax, fieldsMax);
    }

    @Override
    void pseudo(int name, byte[] value, int start, int length) {
        malformed("trailer");
    }

    @Override
    boolean known(HeaderName name, byte[] value, int start, int length) {
        switch (name) {
            case CONTENT_LENGTH, HOST -> malformed("trailer");
            case GRPC_STATUS -> {
                return false;
            }
            default -> super.known(name, value, start, length);
        }
        return true;
    }

    /** The block is whole; whether it is well-formed and within the limits. */
    boolean finish() {
        return flaw() == null && !isTooLarge();
    }
}
