package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.Alias;
import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.Syntax;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a field once its bytes were looked at: its name among those with a meaning, and
 * whether name and value hold only bytes that RFC 9113 section 8.2.1 allows. An int, so that a
 * dynamic table can keep it beside the field and nothing is looked at twice.
 */
final class FieldToken {

    /** A name without a meaning here. */
    static final int OTHER = 0x7f;

    static final int METHOD = 0x40;
    static final int SCHEME = 0x41;
    static final int AUTHORITY = 0x42;
    static final int PATH = 0x43;
    static final int STATUS = 0x44;

    /** A pseudo-header field that is not known. */
    static final int OTHER_PSEUDO = 0x45;

    private static final int NAME_MASK = 0x7f;
    private static final int BAD_NAME = 1 << 8;
    private static final int BAD_VALUE = 1 << 9;
    private static final int ALIAS = 1 << 10;
    private static final HeaderName[] NAMES = HeaderName.values();

    /** In the order of their tokens. */
    private static final byte[][] PSEUDO_NAMES = {
        ":method".getBytes(StandardCharsets.US_ASCII),
        ":scheme".getBytes(StandardCharsets.US_ASCII),
        ":authority".getBytes(StandardCharsets.US_ASCII),
        ":path".getBytes(StandardCharsets.US_ASCII),
        ":status".getBytes(StandardCharsets.US_ASCII),
    };

    private FieldToken() {}

    /** The token of a name, with a value that is not known yet. */
    static int ofName(byte[] name, int start, int length) {
        if (length == 0) {
            return OTHER | BAD_NAME;
        }
        if (name[start] == ':') {
            return pseudo(name, start, length);
        }
        boolean underscore = false;
        for (int i = start; i < start + length; i++) {
            int classes = Syntax.classes(name[i]);
            if ((classes & Syntax.TOKEN) == 0 || (name[i] >= 'A' && name[i] <= 'Z')) {
                return OTHER | BAD_NAME;
            }
            underscore |= (classes & Syntax.UNDERSCORE) != 0;
        }
        HeaderName known = HeaderName.find(name, start, length);
        if (known != null) {
            return known.ordinal();
        }
        return underscore && Alias.isManaged(name, start, length) ? OTHER | ALIAS : OTHER;
    }

    /** The token of a field, from that of its name. */
    static int withValue(int nameToken, byte[] value, int start, int length) {
        if (length == 0) {
            return nameToken;
        }
        int end = start + length;
        boolean fine =
                !Syntax.isSpace(value[start])
                        && !Syntax.isSpace(value[end - 1])
                        && Syntax.indexOfControl(value, start, end) == end;
        return fine ? nameToken : nameToken | BAD_VALUE;
    }

    /** The token of the name of a field. */
    static int withoutValue(int token) {
        return token & ~BAD_VALUE;
    }

    static boolean isWellFormed(int token) {
        return (token & (BAD_NAME | BAD_VALUE)) == 0;
    }

    /** Whether the name may be taken for one of the proxy's ({@link Alias}). */
    static boolean isAlias(int token) {
        return (token & ALIAS) != 0;
    }

    static boolean isPseudo(int token) {
        int name = token & NAME_MASK;
        return name >= METHOD && name <= OTHER_PSEUDO;
    }

    /** The name of a pseudo-header field, {@link #OTHER} or the ordinal of a known name. */
    static int name(int token) {
        return token & NAME_MASK;
    }

    /** The known name, or null. */
    static @Nullable HeaderName known(int token) {
        int name = token & NAME_MASK;
        return name < NAMES.length ? NAMES[name] : null;
    }

    private static int pseudo(byte[] name, int start, int length) {
        for (int i = 0; i < PSEUDO_NAMES.length; i++) {
            if (AsciiBytes.equals(name, start, length, PSEUDO_NAMES[i])) {
                return METHOD + i;
            }
        }
        return OTHER_PSEUDO;
    }
}
