package dev.penstock.proxy.message;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request or a response, or a trailer section: one flat array of bytes and an index
 * into it. It holds what was understood, not how it was framed: a codec fills it and takes out what
 * belongs to one connection (RFC 9110 section 7.6.1), so that any codec can write it again.
 *
 * <ul>
 *   <li>Method, scheme, authority, path and status are ranges or numbers of their own, never
 *       fields. {@code Host} is the authority.
 *   <li>{@code Content-Length} and {@code Transfer-Encoding} are {@link #bodyLength()}.
 *   <li>{@code Connection} and the fields it names, {@code Keep-Alive}, {@code Proxy-Connection},
 *       {@code TE}, {@code Upgrade}, {@code HTTP2-Settings} and {@code Expect} are gone; what they
 *       said is in {@link #upgrade()}, {@link #teTrailers()} and {@link #expectContinue()}.
 *   <li>Names and values of fields hold no byte that RFC 9110 section 5.5 forbids; values have no
 *       white space around them.
 * </ul>
 *
 * <p>Mutable and reused; owned by one event loop. Who is handed one may read it during the call
 * only.
 */
public final class MessageHead {

    /** {@link #bodyLength()} of a body whose length is known only at its end. */
    public static final long LENGTH_UNKNOWN = -1;

    private static final int STRIDE = 4;
    private static final int INITIAL_BYTES = 1024;
    private static final int INITIAL_FIELDS = 24;
    private static final byte UNKNOWN_NAME = -1;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int end;
    private int[] ranges = new int[INITIAL_FIELDS * STRIDE];
    private byte[] ids = new byte[INITIAL_FIELDS];
    private int fieldCount;
    private long knownNames;

    private int methodStart;
    private int methodLength;
    private int authorityStart;
    private int authorityLength;
    private int pathStart;
    private int pathLength;
    private boolean secure;
    private int status;
    private long bodyLength;
    private int upgradeStart;
    private int upgradeLength;
    private boolean teTrailers;
    private boolean expectContinue;

    /** Makes this an empty head again. Keeps its arrays. */
    public void clear() {
        end = 0;
        fieldCount = 0;
        knownNames = 0;
        methodStart = 0;
        methodLength = 0;
        authorityStart = 0;
        authorityLength = 0;
        pathStart = 0;
        pathLength = 0;
        secure = false;
        status = 0;
        bodyLength = 0;
        upgradeStart = 0;
        upgradeLength = 0;
        teTrailers = false;
        expectContinue = false;
    }

    /** Makes this an equal copy of another head. */
    public void copyFrom(MessageHead other) {
        ensureBytes(other.end);
        System.arraycopy(other.bytes, 0, bytes, 0, other.end);
        end = other.end;
        ensureFields(other.fieldCount);
        System.arraycopy(other.ranges, 0, ranges, 0, other.fieldCount * STRIDE);
        System.arraycopy(other.ids, 0, ids, 0, other.fieldCount);
        fieldCount = other.fieldCount;
        knownNames = other.knownNames;
        methodStart = other.methodStart;
        methodLength = other.methodLength;
        authorityStart = other.authorityStart;
        authorityLength = other.authorityLength;
        pathStart = other.pathStart;
        pathLength = other.pathLength;
        secure = other.secure;
        status = other.status;
        bodyLength = other.bodyLength;
        upgradeStart = other.upgradeStart;
        upgradeLength = other.upgradeLength;
        teTrailers = other.teTrailers;
        expectContinue = other.expectContinue;
    }

    // ---- bytes

    /** The bytes that all ranges refer to. Another array after anything was appended. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * How many bytes are in use: the size of the head as it is held, which limits are measured
     * against.
     */
    public int size() {
        return end;
    }

    /** Appends bytes and returns where they start. */
    public int append(byte[] source, int start, int length) {
        ensureBytes(end + length);
        int at = end;
        System.arraycopy(source, start, bytes, at, length);
        end += length;
        return at;
    }

    /** Appends ASCII text and returns where it starts. */
    @SuppressWarnings(
            "deprecation") // the fastest way to copy ASCII text, and the one that makes no garbage
    public int append(String ascii) {
        int length = ascii.length();
        ensureBytes(end + length);
        int at = end;
        ascii.getBytes(0, length, bytes, at);
        end += length;
        return at;
    }

    /** Appends one byte. */
    public void append(byte b) {
        ensureBytes(end + 1);
        bytes[end++] = b;
    }

    /** Appends bytes of a buffer, whose indices stay as they are. */
    public void append(ByteBuf source, int index, int length) {
        ensureBytes(end + length);
        source.getBytes(index, bytes, end, length);
        end += length;
    }

    /** Forgets the bytes behind a size. No range may reach there. */
    public void truncate(int size) {
        assert size <= end : "size: " + size + " (expected: <= " + end + ")";
        end = size;
    }

    /** A range as text, one character a byte. */
    public String text(int start, int length) {
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }

    private void ensureBytes(int needed) {
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
    }

    private void ensureFields(int needed) {
        if (needed > ids.length) {
            int size = Math.max(needed, ids.length * 2);
            ranges = Arrays.copyOf(ranges, size * STRIDE);
            ids = Arrays.copyOf(ids, size);
        }
    }

    // ---- fields

    /** Adds a field whose name and value were appended before. */
    public void addField(
            @Nullable HeaderName known,
            int nameStart,
            int nameLength,
            int valueStart,
            int valueLength) {
        ensureFields(fieldCount + 1);
        int at = fieldCount * STRIDE;
        ranges[at] = nameStart;
        ranges[at + 1] = nameLength;
        ranges[at + 2] = valueStart;
        ranges[at + 3] = valueLength;
        if (known == null) {
            ids[fieldCount] = UNKNOWN_NAME;
        } else {
            ids[fieldCount] = (byte) known.ordinal();
            knownNames |= known.bit();
        }
        fieldCount++;
    }

    /** Adds a field with a known name and an ASCII value. */
    public void addField(HeaderName name, String value) {
        byte[] text = name.bytes();
        int nameStart = append(text, 0, text.length);
        int valueStart = append(value);
        addField(name, nameStart, text.length, valueStart, value.length());
    }

    /** Adds a field with a known name and a value taken from other bytes. */
    public void addField(HeaderName name, byte[] source, int start, int length) {
        byte[] text = name.bytes();
        int nameStart = append(text, 0, text.length);
        int valueStart = append(source, start, length);
        addField(name, nameStart, text.length, valueStart, length);
    }

    /** Adds a field; the name is looked up among the known ones. */
    public void addField(String name, String value) {
        int nameStart = append(name);
        HeaderName known = HeaderName.find(bytes, nameStart, name.length());
        int valueStart = append(value);
        addField(known, nameStart, name.length(), valueStart, value.length());
    }

    /** Takes out every field of the name, if any, and adds one with the value. */
    public void setField(HeaderName name, String value) {
        removeFields(name);
        addField(name, value);
    }

    /** Takes out every field with a known name. */
    public void removeFields(HeaderName name) {
        if (!has(name)) {
            return;
        }
        removeFields(name.bit());
    }

    /**
     * Takes out every field whose name is in a set of known names, made of {@link
     * HeaderName#bit()}.
     */
    public void removeFields(long names) {
        if ((knownNames & names) == 0) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < fieldCount; i++) {
            if (ids[i] == UNKNOWN_NAME || (names & (1L << ids[i])) == 0) {
                move(i, kept++);
            }
        }
        fieldCount = kept;
        knownNames &= ~names;
    }

    /** Takes out every field whose name equals lower-case text without regard to case. */
    public void removeFields(byte[] lowerCaseName) {
        HeaderName known = HeaderName.find(lowerCaseName, 0, lowerCaseName.length);
        if (known != null) {
            removeFields(known);
            return;
        }
        int kept = 0;
        for (int i = 0; i < fieldCount; i++) {
            if (!AsciiBytes.equalsIgnoreCase(bytes, nameStart(i), nameLength(i), lowerCaseName)) {
                move(i, kept++);
            }
        }
        fieldCount = kept;
    }

    /** Takes out one field; those behind it move up by one. */
    public void removeField(int field) {
        for (int i = field + 1; i < fieldCount; i++) {
            move(i, i - 1);
        }
        fieldCount--;
        knownNames = 0;
        for (int i = 0; i < fieldCount; i++) {
            if (ids[i] != UNKNOWN_NAME) {
                knownNames |= 1L << ids[i];
            }
        }
    }

    private void move(int from, int to) {
        if (from != to) {
            System.arraycopy(ranges, from * STRIDE, ranges, to * STRIDE, STRIDE);
            ids[to] = ids[from];
        }
    }

    public int fieldCount() {
        return fieldCount;
    }

    /** The known name of a field, or null. */
    public @Nullable HeaderName name(int field) {
        return ids[field] == UNKNOWN_NAME ? null : HeaderName.of(ids[field]);
    }

    public int nameStart(int field) {
        return ranges[field * STRIDE];
    }

    public int nameLength(int field) {
        return ranges[field * STRIDE + 1];
    }

    public int valueStart(int field) {
        return ranges[field * STRIDE + 2];
    }

    public int valueLength(int field) {
        return ranges[field * STRIDE + 3];
    }

    /** Whether there is a field with a known name. */
    public boolean has(HeaderName name) {
        return (knownNames & name.bit()) != 0;
    }

    /** The index of the first field with a known name at or behind an index, or -1. */
    public int find(HeaderName name, int from) {
        if (has(name)) {
            int id = name.ordinal();
            for (int i = from; i < fieldCount; i++) {
                if (ids[i] == id) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** The value of the first field with a known name as text, or null. */
    public @Nullable String value(HeaderName name) {
        int field = find(name, 0);
        return field < 0 ? null : text(valueStart(field), valueLength(field));
    }

    // ---- request

    /** Sets the method to a range that was appended before. */
    public void method(int start, int length) {
        methodStart = start;
        methodLength = length;
    }

    public int methodStart() {
        return methodStart;
    }

    public int methodLength() {
        return methodLength;
    }

    /** The method as text. */
    public String method() {
        return text(methodStart, methodLength);
    }

    /** Whether the method is the given one. */
    public boolean methodIs(byte[] method) {
        return AsciiBytes.equals(bytes, methodStart, methodLength, method);
    }

    /** Sets the authority, host with optional port, to a range that was appended before. */
    public void authority(int start, int length) {
        authorityStart = start;
        authorityLength = length;
    }

    public int authorityStart() {
        return authorityStart;
    }

    public int authorityLength() {
        return authorityLength;
    }

    /**
     * The authority as text: host, with a port where the client gave one; empty where it gave none.
     */
    public String authority() {
        return text(authorityStart, authorityLength);
    }

    /**
     * Sets the path and query, in origin form or {@code *}, to a range that was appended before.
     */
    public void path(int start, int length) {
        pathStart = start;
        pathLength = length;
    }

    public int pathStart() {
        return pathStart;
    }

    public int pathLength() {
        return pathLength;
    }

    /** The path and query as text. */
    public String path() {
        return text(pathStart, pathLength);
    }

    /** Whether the request's scheme is https. */
    public boolean secure() {
        return secure;
    }

    public void secure(boolean value) {
        secure = value;
    }

    /**
     * The protocols the client asks to switch to, as in its {@code Upgrade} field; empty for none.
     * Only HTTP/1.1 has it.
     */
    public String upgrade() {
        return upgradeLength == 0 ? "" : text(upgradeStart, upgradeLength);
    }

    public boolean hasUpgrade() {
        return upgradeLength > 0;
    }

    public void upgrade(int start, int length) {
        upgradeStart = start;
        upgradeLength = length;
    }

    public int upgradeStart() {
        return upgradeStart;
    }

    public int upgradeLength() {
        return upgradeLength;
    }

    /** Whether the sender said {@code TE: trailers}. */
    public boolean teTrailers() {
        return teTrailers;
    }

    public void teTrailers(boolean value) {
        teTrailers = value;
    }

    /** Whether the client waits for 100 (Continue) before it sends the body. */
    public boolean expectContinue() {
        return expectContinue;
    }

    public void expectContinue(boolean value) {
        expectContinue = value;
    }

    // ---- response

    /** The status code; 0 for a request or trailers. */
    public int status() {
        return status;
    }

    public void status(int value) {
        status = value;
    }

    // ---- body

    /**
     * The length of the body in bytes or {@link #LENGTH_UNKNOWN}. For an answer to HEAD and for 304
     * it is the length that is announced; there is no body.
     */
    public long bodyLength() {
        return bodyLength;
    }

    public void bodyLength(long value) {
        bodyLength = value;
    }
}
