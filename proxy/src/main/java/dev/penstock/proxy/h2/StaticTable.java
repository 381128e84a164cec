package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import java.nio.charset.StandardCharsets;

/** The static table of HPACK (RFC 7541 appendix A). Indices start at 1. */
final class StaticTable {

    static final int SIZE = 61;

    static final int AUTHORITY = 1;
    static final int METHOD_GET = 2;
    static final int METHOD_POST = 3;
    static final int PATH_ROOT = 4;
    static final int SCHEME_HTTP = 6;
    static final int SCHEME_HTTPS = 7;
    static final int STATUS_200 = 8;
    static final int CONTENT_LENGTH = 28;
    static final int DATE = 33;

    private static final String[] ENTRIES = {
        ":authority", "",
        ":method", "GET",
        ":method", "POST",
        ":path", "/",
        ":path", "/index.html",
        ":scheme", "http",
        ":scheme", "https",
        ":status", "200",
        ":status", "204",
        ":status", "206",
        ":status", "304",
        ":status", "400",
        ":status", "404",
        ":status", "500",
        "accept-charset", "",
        "accept-encoding", "gzip, deflate",
        "accept-language", "",
        "accept-ranges", "",
        "accept", "",
        "access-control-allow-origin", "",
        "age", "",
        "allow", "",
        "authorization", "",
        "cache-control", "",
        "content-disposition", "",
        "content-encoding", "",
        "content-language", "",
        "content-length", "",
        "content-location", "",
        "content-range", "",
        "content-type", "",
        "cookie", "",
        "date", "",
        "etag", "",
        "expect", "",
        "expires", "",
        "from", "",
        "host", "",
        "if-match", "",
        "if-modified-since", "",
        "if-none-match", "",
        "if-range", "",
        "if-unmodified-since", "",
        "last-modified", "",
        "link", "",
        "location", "",
        "max-forwards", "",
        "proxy-authenticate", "",
        "proxy-authorization", "",
        "range", "",
        "referer", "",
        "refresh", "",
        "retry-after", "",
        "server", "",
        "set-cookie", "",
        "strict-transport-security", "",
        "transfer-encoding", "",
        "user-agent", "",
        "vary", "",
        "via", "",
        "www-authenticate", "",
    };

    private static final int NAME_SLOTS = 512;
    private static final byte[][] NAMES = new byte[SIZE + 1][];
    private static final byte[][] VALUES = new byte[SIZE + 1][];
    private static final int[] TOKENS = new int[SIZE + 1];
    private static final byte[] INDEX_OF_KNOWN = new byte[HeaderName.values().length];
    private static final byte[] INDEX_OF_SLOT = new byte[NAME_SLOTS];
    private static final int[] STATUS_INDEX = new int[600];

    static {
        for (int index = SIZE; index >= 1; index--) {
            byte[] name = ENTRIES[2 * index - 2].getBytes(StandardCharsets.US_ASCII);
            NAMES[index] = name;
            VALUES[index] = ENTRIES[2 * index - 1].getBytes(StandardCharsets.US_ASCII);
            TOKENS[index] = FieldToken.ofName(name, 0, name.length);
            HeaderName known = HeaderName.find(name, 0, name.length);
            if (known != null) {
                INDEX_OF_KNOWN[known.ordinal()] = (byte) index;
            } else if (name[0] != ':') {
                int slot = slot(name, 0, name.length);
                while (INDEX_OF_SLOT[slot] != 0) {
                    slot = slot + 1 & NAME_SLOTS - 1;
                }
                INDEX_OF_SLOT[slot] = (byte) index;
            }
        }
        for (int index = STATUS_200; index < STATUS_200 + 7; index++) {
            STATUS_INDEX[Integer.parseInt(ENTRIES[2 * index - 1])] = index;
        }
    }

    private StaticTable() {}

    static byte[] name(int index) {
        return NAMES[index];
    }

    static byte[] value(int index) {
        return VALUES[index];
    }

    /** The {@link FieldToken} of an entry's name. */
    static int token(int index) {
        return TOKENS[index];
    }

    /** The entry with a known name, or 0. */
    static int indexOf(HeaderName name) {
        return INDEX_OF_KNOWN[name.ordinal()];
    }

    /** The entry with a name that is not a {@link HeaderName}, whatever its case, or 0. */
    static int indexOf(byte[] name, int start, int length) {
        for (int slot = slot(name, start, length);
                INDEX_OF_SLOT[slot] != 0;
                slot = slot + 1 & NAME_SLOTS - 1) {
            int index = INDEX_OF_SLOT[slot];
            if (AsciiBytes.equalsIgnoreCase(name, start, length, NAMES[index])) {
                return index;
            }
        }
        return 0;
    }

    /** The entry of a status, or 0. */
    static int indexOfStatus(int status) {
        return STATUS_INDEX[status];
    }

    private static int slot(byte[] name, int start, int length) {
        int first = name[start] | 0x20;
        int last = name[start + length - 1] | 0x20;
        return length * 67 + first * 13 + last * 7 & NAME_SLOTS - 1;
    }
}
