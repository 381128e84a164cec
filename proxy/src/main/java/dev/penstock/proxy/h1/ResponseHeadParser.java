package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import org.jspecify.annotations.Nullable;

/** Takes in the head of a response. Reason phrases are left behind. */
final class ResponseHeadParser extends MessageHeadParser {

    private static final long NAMES =
            SPECIAL | HeaderName.TE.bit() | HeaderName.PROXY_AUTHENTICATE.bit();
    private static final int STATUS_END = VERSION_LENGTH + 4;

    private boolean startLineSeen;

    @Override
    void reset() {
        super.reset();
        startLineSeen = false;
    }

    @Override
    boolean inStartLine() {
        return !startLineSeen;
    }

    @Override
    @Nullable Refusal startLineTooLong(int length) {
        return null;
    }

    @Override
    long specialNames() {
        return NAMES;
    }

    @Override
    boolean startLine(byte[] b, int start, int end) {
        startLineSeen = true;
        // The space behind the code is part of the grammar, but servers leave it out with the
        // phrase.
        if (end - start < STATUS_END
                || b[start + VERSION_LENGTH] != ' '
                || (end - start > STATUS_END && b[start + STATUS_END] != ' ')) {
            return refuse(Refusal.STATUS_LINE);
        }
        if (!version(b, start, start + VERSION_LENGTH)) {
            return false;
        }
        int status = (int) Syntax.length(b, start + VERSION_LENGTH + 1, start + STATUS_END);
        if (status < 100 || status > 599) {
            return refuse(Refusal.STATUS_LINE);
        }
        head.status(status);
        return true;
    }

    @Override
    boolean mayNominate(@Nullable HeaderName known, byte[] b, int from, int to) {
        return known != HeaderName.CONTENT_LENGTH && known != HeaderName.TRANSFER_ENCODING;
    }

    @Override
    boolean finish() {
        removeNominated();
        takeUpgrade();
        if (!framing(MessageHead.LENGTH_UNKNOWN)) {
            return false;
        }
        // Neither has a body (RFC 9112 section 6.3); one that is announced would be read as the
        // next message.
        boolean bodiless = head.status() < 200 || head.status() == 204;
        if (bodiless && (chunked() || contentLength() > 0)) {
            return refuse(Refusal.TWO_LENGTHS);
        }
        return true;
    }
}
