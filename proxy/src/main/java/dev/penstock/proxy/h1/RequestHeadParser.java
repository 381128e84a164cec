package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.Alias;
import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.Syntax;
import org.jspecify.annotations.Nullable;

/** Takes in the head of a request. */
final class RequestHeadParser extends MessageHeadParser {

    private static final int METHOD_LENGTH_MAX = 32;

    /** Method, two spaces, version. */
    private static final int AROUND_TARGET = METHOD_LENGTH_MAX + 2 + VERSION_LENGTH;

    private static final long NAMES =
            SPECIAL
                    | HeaderName.HOST.bit()
                    | HeaderName.TE.bit()
                    | HeaderName.EXPECT.bit()
                    | HeaderName.PROXY.bit()
                    | HeaderName.PROXY_AUTHORIZATION.bit();

    private static final byte[] GET = Syntax.ascii("GET");
    private static final byte[] HEAD = Syntax.ascii("HEAD");
    private static final byte[] CONNECT = Syntax.ascii("CONNECT");
    private static final byte[] OPTIONS = Syntax.ascii("OPTIONS");
    private static final byte[] PRI = Syntax.ascii("PRI");
    private static final byte[] HTTP = Syntax.ascii("http://");
    private static final byte[] HTTPS = Syntax.ascii("https://");
    private static final byte[] CONTINUE = Syntax.ascii("100-continue");
    private static final byte[] TRAILERS = Syntax.ascii("trailers");

    private int targetMax;
    private boolean startLineSeen;
    private boolean emptyLineSeen;
    private boolean hostSeen;
    private int hostStart;
    private int hostEnd;
    private boolean pathMissing;
    private int expectations;

    void reset(int headBytesMax, int headFieldsMax, int targetBytesMax) {
        targetMax = targetBytesMax;
        reset(headBytesMax, headFieldsMax);
    }

    @Override
    void reset() {
        super.reset();
        startLineSeen = false;
        emptyLineSeen = false;
        hostSeen = false;
        hostStart = 0;
        hostEnd = 0;
        pathMissing = false;
        expectations = 0;
    }

    /** Whether the answer has no body whatever its head says. */
    boolean headMethod() {
        return head.methodIs(HEAD);
    }

    /** Whether anything but an empty line arrived. */
    boolean requestBegun() {
        return head.size() > (emptyLineSeen ? 2 : 0);
    }

    @Override
    boolean inStartLine() {
        return !startLineSeen;
    }

    @Override
    @Nullable Refusal startLineTooLong(int length) {
        return !startLineSeen && length > targetMax + AROUND_TARGET
                ? Refusal.TARGET_TOO_LONG
                : null;
    }

    @Override
    long specialNames() {
        return NAMES;
    }

    @Override
    boolean startLine(byte[] b, int start, int end) {
        if (start == end) {
            // RFC 9112 section 2.2: one empty line before a request is let pass.
            boolean first = !emptyLineSeen;
            emptyLineSeen = true;
            return first || refuse(Refusal.REQUEST_LINE);
        }
        startLineSeen = true;
        int i = start;
        while ((Syntax.classes(b[i]) & Syntax.TOKEN) != 0) {
            i++;
        }
        int methodEnd = i;
        if (i == start || b[i] != ' ' || i - start > METHOD_LENGTH_MAX) {
            return refuse(Refusal.METHOD);
        }
        int targetStart = ++i;
        while ((Syntax.classes(b[i]) & Syntax.TARGET) != 0) {
            i++;
        }
        if (i == targetStart || b[i] != ' ') {
            return refuse(b[i] == Syntax.CR ? Refusal.REQUEST_LINE : Refusal.TARGET);
        }
        if (i - targetStart > targetMax) {
            return refuse(Refusal.TARGET_TOO_LONG);
        }
        head.method(start, methodEnd - start);
        if (head.methodIs(CONNECT)) {
            return refuse(Refusal.CONNECT);
        }
        if (head.methodIs(PRI)) {
            return refuse(Refusal.METHOD);
        }
        if (!version(b, i + 1, end)) {
            return false;
        }
        return target(b, targetStart, i);
    }

    private boolean target(byte[] b, int start, int end) {
        if (b[start] == '/') {
            head.path(start, end - start);
            return true;
        }
        if (b[start] == '*' && end - start == 1 && head.methodIs(OPTIONS)) {
            head.path(start, 1);
            return true;
        }
        int authority = start + schemeLength(b, start, end);
        if (authority == start) {
            return refuse(Refusal.TARGET);
        }
        int i = authority;
        while (i < end && b[i] != '/' && b[i] != '?') {
            i++;
        }
        if (!Syntax.isAuthority(b, authority, i)) {
            return refuse(Refusal.TARGET);
        }
        head.authority(authority, i - authority);
        head.path(i, end - i);
        pathMissing = i == end || b[i] == '?';
        return true;
    }

    private static int schemeLength(byte[] b, int start, int end) {
        for (byte[] scheme : new byte[][] {HTTP, HTTPS}) {
            if (end - start > scheme.length && Syntax.is(b, start, start + scheme.length, scheme)) {
                return scheme.length;
            }
        }
        return 0;
    }

    @Override
    boolean special(HeaderName name, int nameStart, int valueStart, int valueEnd) {
        return switch (name) {
            case HOST -> host(valueStart, valueEnd);
            case TE -> te(head.bytes(), valueStart, valueEnd);
            case EXPECT -> expect(head.bytes(), valueStart, valueEnd);
            case PROXY, PROXY_AUTHORIZATION -> true;
            default -> super.special(name, nameStart, valueStart, valueEnd);
        };
    }

    private boolean host(int start, int end) {
        if (hostSeen || !Syntax.isAuthority(head.bytes(), start, end)) {
            return refuse(Refusal.HOST);
        }
        hostSeen = true;
        hostStart = start;
        hostEnd = end;
        return true;
    }

    private boolean te(byte[] b, int start, int end) {
        int i = start;
        while (i < end) {
            while (i < end && (Syntax.isSpace(b[i]) || b[i] == ',')) {
                i++;
            }
            int from = i;
            while (i < end && (Syntax.classes(b[i]) & Syntax.TOKEN) != 0) {
                i++;
            }
            if (Syntax.is(b, from, i, TRAILERS)) {
                head.teTrailers(true);
            }
            while (i < end && b[i] != ',') {
                i++;
            }
        }
        return true;
    }

    private boolean expect(byte[] b, int start, int end) {
        expectations++;
        return (expectations == 1 && Syntax.is(b, start, end, CONTINUE))
                || refuse(Refusal.EXPECTATION);
    }

    @Override
    boolean mayNominate(@Nullable HeaderName known, byte[] b, int from, int to) {
        // Taking out what the proxy or a backend relies on is an attack, not a wish
        // ("hop-by-hop abuse").
        return known == null && !Alias.isForwarded(b, from, to - from);
    }

    @Override
    boolean finish() {
        removeNominated();
        if (!authority() || !framing(0)) {
            return false;
        }
        boolean body = head.bodyLength() != 0;
        head.expectContinue(expectations > 0 && body && !http10());
        takeUpgrade();
        if (head.hasUpgrade() && (!head.methodIs(GET) || Upgrades.anotherHttp(head))) {
            head.upgrade(0, 0);
        }
        if (head.hasUpgrade() && (body || !Upgrades.isList(head))) {
            return refuse(Refusal.UPGRADE);
        }
        if (pathMissing) {
            completePath();
        }
        return true;
    }

    private boolean authority() {
        if (!hostSeen) {
            // HTTP/1.0 knows no Host; an absolute target does not replace it in HTTP/1.1.
            return http10() || refuse(Refusal.HOST);
        }
        if (head.authorityLength() > 0 && !sameAuthority()) {
            return refuse(Refusal.HOST);
        }
        head.authority(hostStart, hostEnd - hostStart);
        return true;
    }

    private boolean sameAuthority() {
        if (head.authorityLength() != hostEnd - hostStart) {
            return false;
        }
        byte[] b = head.bytes();
        int other = head.authorityStart();
        for (int i = hostStart; i < hostEnd; i++) {
            if (AsciiBytes.toLower(b[i]) != AsciiBytes.toLower(b[other++])) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9112 section 3.2.1: an empty path is sent as {@code /}, for OPTIONS as {@code *}. */
    private void completePath() {
        int queryStart = head.pathStart();
        int queryLength = head.pathLength();
        int start = head.size();
        head.append((byte) (queryLength == 0 && head.methodIs(OPTIONS) ? '*' : '/'));
        head.append(head.bytes(), queryStart, queryLength);
        head.path(start, queryLength + 1);
    }
}
