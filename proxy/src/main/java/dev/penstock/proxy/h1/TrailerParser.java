package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.Alias;
import dev.penstock.proxy.message.HeaderName;
import org.jspecify.annotations.Nullable;

/**
 * Takes in a trailer section. Framing and routing in it are refused; other fields the proxy knows
 * have no meaning there and are dropped (RFC 9110 section 6.5.1).
 */
final class TrailerParser extends HeadParser {

    private static final long REFUSED =
            HeaderName.CONTENT_LENGTH.bit()
                    | HeaderName.TRANSFER_ENCODING.bit()
                    | HeaderName.HOST.bit();
    private static final long DROPPED = ~HeaderName.GRPC_STATUS.bit();

    @Override
    void reset() {}

    @Override
    boolean inStartLine() {
        return false;
    }

    @Override
    boolean startLine(byte[] b, int start, int end) {
        throw new IllegalStateException("trailers have no start line");
    }

    @Override
    @Nullable Refusal startLineTooLong(int length) {
        return null;
    }

    @Override
    long specialNames() {
        return DROPPED;
    }

    @Override
    boolean special(HeaderName name, int nameStart, int valueStart, int valueEnd) {
        return (REFUSED & name.bit()) == 0 || refuse(Refusal.TRAILER);
    }

    @Override
    boolean finish() {
        byte[] b = head.bytes();
        for (int i = head.fieldCount() - 1; i >= 0; i--) {
            if (Alias.isForwarded(b, head.nameStart(i), head.nameLength(i))) {
                head.removeField(i);
            }
        }
        return true;
    }
}
