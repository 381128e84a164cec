package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import org.jspecify.annotations.Nullable;

/**
 * Makes a head of the fields of a block: keeps what a head holds, leaves out what it does not, and
 * remembers the first thing that is wrong. Fields beyond a limit are counted and not copied.
 */
abstract sealed class FieldCollector implements FieldSink
        permits RequestFields, ResponseFields, TrailerFields {

    /** What RFC 9113 section 8.2.2 forbids. */
    static final long CONNECTION_SPECIFIC =
            HeaderName.CONNECTION.bit()
                    | HeaderName.KEEP_ALIVE.bit()
                    | HeaderName.PROXY_CONNECTION.bit()
                    | HeaderName.TRANSFER_ENCODING.bit()
                    | HeaderName.UPGRADE.bit();

    private final int bytesMax;
    private final int fieldsMax;
    private MessageHead head = new MessageHead();
    private int bytes;
    private int fields;
    private boolean tooLarge;
    private boolean fieldSeen;
    private @Nullable String flaw;
    private long contentLength;

    FieldCollector(int bytesMax, int fieldsMax) {
        this.bytesMax = bytesMax;
        this.fieldsMax = fieldsMax;
    }

    /**
     * Begins a block.
     *
     * @param target an empty head
     */
    void begin(MessageHead target) {
        head = target;
        bytes = 0;
        fields = 0;
        tooLarge = false;
        fieldSeen = false;
        flaw = null;
        contentLength = MessageHead.LENGTH_UNKNOWN;
    }

    final MessageHead head() {
        return head;
    }

    /** Whether the block is larger than is allowed. */
    final boolean isTooLarge() {
        return tooLarge;
    }

    /** What is malformed (RFC 9113 section 8.1.1), fit for a metric's label, or null. */
    final @Nullable String flaw() {
        return flaw;
    }

    final void malformed(String what) {
        if (flaw == null) {
            flaw = what;
        }
    }

    /** The value of content-length, or {@link MessageHead#LENGTH_UNKNOWN}. */
    final long contentLength() {
        return contentLength;
    }

    @Override
    public final void field(
            int token,
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        bytes += nameLength + valueLength;
        boolean pseudo = FieldToken.isPseudo(token);
        if (!pseudo && !isCrumb(token)) {
            fields++;
        }
        if (tooLarge || bytes > bytesMax || fields > fieldsMax) {
            tooLarge = true;
            return;
        }
        if (!FieldToken.isWellFormed(token)) {
            malformed("field_bytes");
        }
        if (flaw != null) {
            return;
        }
        if (pseudo) {
            if (fieldSeen) {
                malformed("pseudo_order");
            } else {
                pseudo(FieldToken.name(token), value, valueStart, valueLength);
            }
            return;
        }
        fieldSeen = true;
        HeaderName known = FieldToken.known(token);
        if (FieldToken.isAlias(token)
                || (known != null && known(known, value, valueStart, valueLength))) {
            return;
        }
        int nameAt = head.append(name, nameStart, nameLength);
        int valueAt = head.append(value, valueStart, valueLength);
        head.addField(known, nameAt, nameLength, valueAt, valueLength);
    }

    /** Whether a field may come in any number of parts. */
    boolean isCrumb(int token) {
        return false;
    }

    /** A pseudo-header field. */
    abstract void pseudo(int name, byte[] value, int start, int length);

    /** A field with a known name; whether that was all, so that it is not kept. */
    boolean known(HeaderName name, byte[] value, int start, int length) {
        if ((name.bit() & CONNECTION_SPECIFIC) != 0) {
            malformed("connection_field");
            return true;
        }
        if (name == HeaderName.CONTENT_LENGTH) {
            boolean second = contentLength >= 0;
            contentLength = Syntax.length(value, start, start + length);
            if (second || contentLength < 0) {
                malformed("content_length");
            }
            return true;
        }
        return name == HeaderName.HTTP2_SETTINGS;
    }

    /** Counts bytes that joining parts adds. */
    final void count(int more) {
        bytes += more;
    }
}
