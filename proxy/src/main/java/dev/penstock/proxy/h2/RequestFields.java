package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import org.jspecify.annotations.Nullable;

/** Makes the head of a request (RFC 9113 section 8.3.1). */
final class RequestFields extends FieldCollector {

    static final byte[] HEAD = Syntax.ascii("HEAD");

    private static final int METHOD_LENGTH_MAX = 32;
    private static final byte[] CONNECT = Syntax.ascii("CONNECT");
    private static final byte[] OPTIONS = Syntax.ascii("OPTIONS");
    private static final byte[] HTTP = Syntax.ascii("http");
    private static final byte[] HTTPS = Syntax.ascii("https");
    private static final byte[] TRAILERS = Syntax.ascii("trailers");
    private static final byte[] CONTINUE = Syntax.ascii("100-continue");
    private static final int COOKIE_SEPARATOR_LENGTH = 2;

    private final int targetBytesMax;
    private int pseudoSeen;
    private boolean hostSeen;
    private int hostStart;
    private int hostLength;
    private boolean otherScheme;
    private boolean otherExpectation;
    private boolean expectContinue;
    private int cookieLength;
    private @Nullable String reason;

    RequestFields(int bytesMax, int fieldsMax, int targetBytesMax) {
        super(bytesMax, fieldsMax);
        this.targetBytesMax = targetBytesMax;
    }

    @Override
    void begin(MessageHead target) {
        super.begin(target);
        pseudoSeen = 0;
        hostSeen = false;
        hostStart = 0;
        hostLength = 0;
        otherScheme = false;
        otherExpectation = false;
        expectContinue = false;
        cookieLength = -1;
        reason = null;
    }

    @Override
    boolean isCrumb(int token) {
        return FieldToken.known(token) == HeaderName.COOKIE;
    }

    @Override
    void pseudo(int name, byte[] value, int start, int length) {
        int bit = 1 << (name - FieldToken.METHOD);
        if ((pseudoSeen & bit) != 0) {
            malformed("pseudo_twice");
            return;
        }
        pseudoSeen |= bit;
        MessageHead head = head();
        switch (name) {
            case FieldToken.METHOD -> {
                if (length > METHOD_LENGTH_MAX || !Syntax.isToken(value, start, start + length)) {
                    malformed("method");
                }
                head.method(head.append(value, start, length), length);
            }
            case FieldToken.SCHEME ->
                    otherScheme =
                            !AsciiBytes.equalsIgnoreCase(value, start, length, HTTP)
                                    && !AsciiBytes.equalsIgnoreCase(value, start, length, HTTPS);
            case FieldToken.AUTHORITY -> head.authority(head.append(value, start, length), length);
            case FieldToken.PATH -> {
                if (length == 0) {
                    malformed("empty_path");
                }
                head.path(head.append(value, start, length), length);
            }
            default -> malformed("pseudo_unknown");
        }
    }

    @Override
    boolean known(HeaderName name, byte[] value, int start, int length) {
        switch (name) {
            case HOST -> {
                if (hostSeen) {
                    malformed("host");
                }
                hostSeen = true;
                hostStart = head().append(value, start, length);
                hostLength = length;
            }
            case TE -> {
                if (!AsciiBytes.equalsIgnoreCase(value, start, length, TRAILERS)) {
                    malformed("te");
                }
                head().teTrailers(true);
            }
            case EXPECT -> {
                otherExpectation |=
                        expectContinue
                                || !AsciiBytes.equalsIgnoreCase(value, start, length, CONTINUE);
                expectContinue = true;
            }
            case COOKIE -> crumb(value, start, length);
            case PROXY, PROXY_AUTHORIZATION -> {
                // for the proxy itself, or taken for one (httpoxy)
            }
            default -> {
                return super.known(name, value, start, length);
            }
        }
        return true;
    }

    /** Parts of a cookie are joined again (RFC 9113 section 8.2.3). */
    private void crumb(byte[] value, int start, int length) {
        boolean first = cookieLength < 0;
        int at = first ? 0 : cookieLength + COOKIE_SEPARATOR_LENGTH;
        byte[] cookie = Scratch.local().cookie(at + length);
        if (!first) {
            cookie[cookieLength] = ';';
            cookie[cookieLength + 1] = ' ';
            count(COOKIE_SEPARATOR_LENGTH);
        }
        System.arraycopy(value, start, cookie, at, length);
        cookieLength = at + length;
    }

    /** Why the request is refused, fit for a metric's label; null if it is not. */
    @Nullable String reason() {
        return flaw() == null ? reason : flaw();
    }

    /**
     * The block is whole.
     *
     * @return 0 if the request may be served, the status to refuse it with, or -1 if it is
     *     malformed
     */
    int finish(boolean end) {
        if (isTooLarge()) {
            reason = "head_too_large";
            return 431;
        }
        if (flaw() != null) {
            return -1;
        }
        if (head().methodIs(CONNECT)) {
            reason = "connect";
            return 501;
        }
        int required =
                1
                        | 1 << (FieldToken.SCHEME - FieldToken.METHOD)
                        | 1 << (FieldToken.PATH - FieldToken.METHOD);
        if ((pseudoSeen & required) != required) {
            malformed("pseudo_missing");
            return -1;
        }
        int status = target();
        return status == 0 ? body(end) : status;
    }

    private int target() {
        MessageHead head = head();
        byte[] b = head.bytes();
        if (head.pathLength() > targetBytesMax) {
            reason = "target_too_long";
            return 414;
        }
        if (otherScheme || !isTarget(head)) {
            reason = "target";
            return 400;
        }
        if (hostSeen) {
            if (head.authorityLength() == 0) {
                head.authority(hostStart, hostLength);
            } else if (!sameHost(head)) {
                malformed("host");
                return -1;
            }
        }
        int start = head.authorityStart();
        if (!Syntax.isAuthority(b, start, start + head.authorityLength())) {
            reason = "host";
            return 400;
        }
        return 0;
    }

    private boolean isTarget(MessageHead head) {
        byte[] b = head.bytes();
        int start = head.pathStart();
        int end = start + head.pathLength();
        for (int i = start; i < end; i++) {
            if ((Syntax.classes(b[i]) & Syntax.TARGET) == 0) {
                return false;
            }
        }
        return b[start] == '/' || (b[start] == '*' && end - start == 1 && head.methodIs(OPTIONS));
    }

    private boolean sameHost(MessageHead head) {
        if (head.authorityLength() != hostLength) {
            return false;
        }
        byte[] b = head.bytes();
        for (int i = 0; i < hostLength; i++) {
            byte one = AsciiBytes.toLower(b[hostStart + i]);
            if (one != AsciiBytes.toLower(b[head.authorityStart() + i])) {
                return false;
            }
        }
        return true;
    }

    private int body(boolean end) {
        MessageHead head = head();
        if (end && contentLength() > 0) {
            malformed("content_length");
            return -1;
        }
        if (otherExpectation) {
            reason = "expectation";
            return 417;
        }
        head.bodyLength(end ? 0 : contentLength());
        head.expectContinue(expectContinue && !end);
        if (cookieLength >= 0) {
            head.addField(HeaderName.COOKIE, Scratch.local().cookie(0), 0, cookieLength);
        }
        return 0;
    }
}
