package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import org.jspecify.annotations.Nullable;

/** What the heads of requests and responses have in common: framing and connection options. */
abstract sealed class MessageHeadParser extends HeadParser
        permits RequestHeadParser, ResponseHeadParser {

    private static final int NOMINATED_MAX = 16;
    private static final byte[] CLOSE = Syntax.ascii("close");
    private static final byte[] KEEP_ALIVE = Syntax.ascii("keep-alive");
    private static final byte[] UPGRADE = Syntax.ascii("upgrade");
    private static final byte[] CHUNKED = Syntax.ascii("chunked");
    private static final byte[] VERSION_PREFIX = Syntax.ascii("HTTP/1.");
    private static final byte[] HTTP = Syntax.ascii("HTTP/");
    static final int VERSION_LENGTH = 8;

    /** Fields of one connection that have no place behind it. */
    private static final long DROPPED =
            HeaderName.KEEP_ALIVE.bit()
                    | HeaderName.PROXY_CONNECTION.bit()
                    | HeaderName.HTTP2_SETTINGS.bit();

    static final long SPECIAL =
            DROPPED
                    | HeaderName.CONNECTION.bit()
                    | HeaderName.CONTENT_LENGTH.bit()
                    | HeaderName.TRANSFER_ENCODING.bit()
                    | HeaderName.UPGRADE.bit();

    /** Known names that may be named by {@code Connection}: they are taken out anyway. */
    static final long CONNECTION_NAMES =
            DROPPED
                    | HeaderName.CONNECTION.bit()
                    | HeaderName.UPGRADE.bit()
                    | HeaderName.TE.bit()
                    | HeaderName.TRAILER.bit()
                    | HeaderName.PROXY_AUTHENTICATE.bit()
                    | HeaderName.PROXY_AUTHORIZATION.bit();

    private boolean http10;
    private long contentLength;
    private boolean chunked;
    private boolean close;
    private boolean keepAlive;
    private boolean upgradeOption;
    private int upgradeStart;
    private int upgradeEnd;
    private int nominatedCount;
    private final int[] nominated = new int[NOMINATED_MAX * 2];

    @Override
    void reset() {
        http10 = false;
        contentLength = -1;
        chunked = false;
        close = false;
        keepAlive = false;
        upgradeOption = false;
        upgradeStart = 0;
        upgradeEnd = 0;
        nominatedCount = 0;
    }

    /** Whether the message is of HTTP/1.0. */
    final boolean http10() {
        return http10;
    }

    /** Whether the sender means the connection to be used again. */
    final boolean persistent() {
        return !close && (!http10 || keepAlive);
    }

    final boolean chunked() {
        return chunked;
    }

    /** The value of {@code Content-Length}, or -1. */
    final long contentLength() {
        return contentLength;
    }

    /** Reads a version at the start of a range. */
    final boolean version(byte[] b, int start, int end) {
        if (end - start == VERSION_LENGTH && startsWith(b, start, VERSION_PREFIX)) {
            byte minor = b[start + VERSION_LENGTH - 1];
            http10 = minor == '0';
            if (http10 || minor == '1') {
                return true;
            }
        }
        boolean wellFormed =
                end - start == VERSION_LENGTH
                        && startsWith(b, start, HTTP)
                        && Syntax.isDigit(b[start + 5])
                        && b[start + 6] == '.'
                        && Syntax.isDigit(b[start + 7]);
        return refuse(wellFormed ? Refusal.VERSION : Refusal.REQUEST_LINE);
    }

    private static boolean startsWith(byte[] b, int start, byte[] prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (b[start + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    boolean special(HeaderName name, int nameStart, int valueStart, int valueEnd) {
        byte[] b = head.bytes();
        return switch (name) {
            case CONTENT_LENGTH -> length(b, valueStart, valueEnd);
            case TRANSFER_ENCODING -> coding(b, valueStart, valueEnd);
            case CONNECTION -> options(b, valueStart, valueEnd);
            case UPGRADE -> upgrade(valueStart, valueEnd);
            default -> true;
        };
    }

    private boolean length(byte[] b, int start, int end) {
        if (contentLength >= 0) {
            return refuse(Refusal.CONTENT_LENGTH);
        }
        contentLength = Syntax.length(b, start, end);
        return contentLength >= 0 || refuse(Refusal.CONTENT_LENGTH);
    }

    private boolean coding(byte[] b, int start, int end) {
        if (!chunked && Syntax.is(b, start, end, CHUNKED)) {
            chunked = true;
            return true;
        }
        boolean oneToken = !chunked && Syntax.isToken(b, start, end);
        return refuse(oneToken ? Refusal.UNKNOWN_CODING : Refusal.TRANSFER_ENCODING);
    }

    private boolean options(byte[] b, int start, int end) {
        int i = start;
        while (i < end) {
            int from = i;
            while (i < end && b[i] != ',') {
                i++;
            }
            int to = i++;
            while (from < to && Syntax.isSpace(b[from])) {
                from++;
            }
            while (to > from && Syntax.isSpace(b[to - 1])) {
                to--;
            }
            // Empty members of a list mean nothing (RFC 9110 section 5.6.1.2).
            if (from < to && !option(b, from, to)) {
                return false;
            }
        }
        return true;
    }

    private boolean option(byte[] b, int from, int to) {
        if (Syntax.is(b, from, to, KEEP_ALIVE)) {
            keepAlive = true;
        } else if (Syntax.is(b, from, to, CLOSE)) {
            close = true;
        } else if (Syntax.is(b, from, to, UPGRADE)) {
            upgradeOption = true;
        } else {
            HeaderName known = HeaderName.find(b, from, to - from);
            if (known != null && (CONNECTION_NAMES & known.bit()) != 0) {
                return true;
            }
            if (!Syntax.isToken(b, from, to)
                    || !mayNominate(known, b, from, to)
                    || nominatedCount == NOMINATED_MAX) {
                return refuse(Refusal.CONNECTION_OPTION);
            }
            nominated[nominatedCount * 2] = from;
            nominated[nominatedCount * 2 + 1] = to - from;
            nominatedCount++;
        }
        return true;
    }

    private boolean upgrade(int start, int end) {
        if (upgradeEnd > 0) {
            return refuse(Refusal.UPGRADE);
        }
        upgradeStart = start;
        upgradeEnd = end;
        return true;
    }

    /** Takes out the fields that {@code Connection} named (RFC 9110 section 7.6.1). */
    final void removeNominated() {
        for (int i = 0; i < nominatedCount; i++) {
            int start = nominated[i * 2];
            byte[] name = new byte[nominated[i * 2 + 1]];
            for (int at = 0; at < name.length; at++) {
                name[at] = AsciiBytes.toLower(head.bytes()[start + at]);
            }
            head.removeFields(name);
        }
    }

    /** Puts the protocols of {@code Upgrade} into the head, where the connection option says so. */
    final void takeUpgrade() {
        if (upgradeOption && upgradeEnd > upgradeStart && !http10) {
            head.upgrade(upgradeStart, upgradeEnd - upgradeStart);
        }
    }

    /** Judges what was said about the body; puts its length into the head. */
    final boolean framing(long lengthIfUnsaid) {
        if (chunked) {
            if (contentLength >= 0) {
                return refuse(Refusal.TWO_LENGTHS);
            }
            if (http10) {
                return refuse(Refusal.TRANSFER_ENCODING);
            }
            head.bodyLength(MessageHead.LENGTH_UNKNOWN);
        } else {
            head.bodyLength(contentLength >= 0 ? contentLength : lengthIfUnsaid);
        }
        return true;
    }

    /** Whether the sender may have a field taken out. */
    abstract boolean mayNominate(@Nullable HeaderName known, byte[] b, int from, int to);
}
