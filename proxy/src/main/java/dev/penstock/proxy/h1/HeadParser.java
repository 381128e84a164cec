package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.Alias;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes in a section of lines, a head or trailers, as it arrives. Bytes are copied once, into the
 * {@link MessageHead}, looked over once for the ends of lines, and each line is judged when it is
 * whole; so it does not matter how the bytes were split, and resuming costs nothing.
 */
abstract sealed class HeadParser permits MessageHeadParser, TrailerParser {

    /** What became of the bytes that were fed. */
    enum Progress {
        MORE,
        DONE,
        REFUSED
    }

    private static final int STEP = 2048;

    final MessageHead head = new MessageHead();

    private int sizeMax;
    private int fieldsMax;
    private int scanned;
    private int line;
    private int fields;
    private @Nullable Refusal refusal;

    final void reset(int headBytesMax, int headFieldsMax) {
        sizeMax = headBytesMax;
        fieldsMax = headFieldsMax;
        head.clear();
        scanned = 0;
        line = 0;
        fields = 0;
        refusal = null;
        reset();
    }

    /** Takes bytes up to the end of the section, and none behind it. */
    final Progress feed(ByteBuf in) {
        while (in.isReadable()) {
            int step = Math.min(Math.min(in.readableBytes(), STEP), sizeMax - head.size());
            head.append(in, in.readerIndex(), step);
            in.skipBytes(step);
            Progress progress = lines();
            if (progress == Progress.DONE) {
                in.readerIndex(in.readerIndex() - (head.size() - line));
                head.truncate(line);
                return finish() ? Progress.DONE : Progress.REFUSED;
            }
            if (progress == Progress.REFUSED) {
                return progress;
            }
            if (tooLarge()) {
                return Progress.REFUSED;
            }
        }
        return Progress.MORE;
    }

    /** Why {@link #feed} refused. */
    final Refusal refusal() {
        return refusal == null ? Refusal.REQUEST_LINE : refusal;
    }

    private boolean tooLarge() {
        Refusal startLine = startLineTooLong(scanned - line);
        if (startLine != null) {
            refuse(startLine);
            return true;
        }
        if (head.size() >= sizeMax) {
            refuse(Refusal.HEAD_TOO_LARGE);
            return true;
        }
        return false;
    }

    private Progress lines() {
        byte[] b = head.bytes();
        int end = head.size();
        int at = scanned;
        while (true) {
            at = Syntax.indexOfControl(b, at, end);
            if (at == end || (b[at] == Syntax.CR && at + 1 == end)) {
                scanned = at;
                return Progress.MORE;
            }
            if (b[at] != Syntax.CR) {
                refuse(b[at] == Syntax.LF ? Refusal.LINE_END : Refusal.CONTROL_BYTE);
                return Progress.REFUSED;
            }
            if (b[at + 1] != Syntax.LF) {
                refuse(Refusal.LINE_END);
                return Progress.REFUSED;
            }
            int start = line;
            line = at + 2;
            if (inStartLine()) {
                if (!startLine(b, start, at)) {
                    return Progress.REFUSED;
                }
            } else if (at == start) {
                return Progress.DONE;
            } else if (!field(b, start, at)) {
                return Progress.REFUSED;
            }
            at = line;
        }
    }

    private boolean field(byte[] b, int start, int end) {
        int i = start;
        int seen = 0;
        int classes = Syntax.classes(b[i]);
        while ((classes & Syntax.TOKEN) != 0) {
            seen |= classes;
            // The line ends in CR, which is no token, so this stops.
            classes = Syntax.classes(b[++i]);
        }
        if (i == start || b[i] != ':') {
            return refuse(Syntax.isSpace(b[start]) ? Refusal.FOLDED_LINE : Refusal.FIELD_NAME);
        }
        if (++fields > fieldsMax) {
            return refuse(Refusal.TOO_MANY_FIELDS);
        }
        int nameLength = i - start;
        int valueStart = i + 1;
        while (valueStart < end && Syntax.isSpace(b[valueStart])) {
            valueStart++;
        }
        int valueEnd = end;
        while (valueEnd > valueStart && Syntax.isSpace(b[valueEnd - 1])) {
            valueEnd--;
        }
        HeaderName known = HeaderName.find(b, start, nameLength);
        if (known != null) {
            if ((specialNames() & known.bit()) != 0) {
                return special(known, start, valueStart, valueEnd);
            }
        } else if ((seen & Syntax.UNDERSCORE) != 0 && Alias.isManaged(b, start, nameLength)) {
            return true;
        }
        head.addField(known, start, nameLength, valueStart, valueEnd - valueStart);
        return true;
    }

    /** Notes a refusal. Returns false. */
    final boolean refuse(Refusal why) {
        refusal = why;
        return false;
    }

    abstract void reset();

    /** Whether the next line is a request or status line. */
    abstract boolean inStartLine();

    abstract boolean startLine(byte[] b, int start, int end);

    /** Whether a start line that is this long so far can be refused at once. */
    abstract @Nullable Refusal startLineTooLong(int length);

    /** The set of names that {@link #special} wants. */
    abstract long specialNames();

    /** Takes a field with one of {@link #specialNames()}. */
    abstract boolean special(HeaderName name, int nameStart, int valueStart, int valueEnd);

    /** Judges the whole. */
    abstract boolean finish();
}
