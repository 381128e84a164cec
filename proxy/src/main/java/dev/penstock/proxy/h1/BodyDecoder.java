package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the body in what arrives behind a head: by length, in chunks (RFC 9112 section 7.1), or up
 * to the connection's end. Asked for one step at a time.
 */
final class BodyDecoder {

    /** What comes next. */
    enum Step {
        /** Nothing before more bytes arrive. */
        MORE,
        /** Bytes of the body, of which the caller takes {@link #take}. */
        DATA,
        /** The body ended. */
        END,
        /** The body ended with {@link #trailers()}. */
        TRAILERS,
        /** The framing is broken: {@link #refusal()}. */
        REFUSED
    }

    private enum State {
        NONE,
        LENGTH,
        UNTIL_CLOSE,
        SIZE,
        EXTENSION,
        QUOTED,
        QUOTED_PAIR,
        SIZE_LF,
        CHUNK,
        CHUNK_CR,
        CHUNK_LF,
        LAST,
        TRAILER_SECTION
    }

    private static final int SIZE_DIGITS_MAX = 15;
    private static final int EXTENSION_BYTES_MAX = 256;

    private final LoopState loop;
    private final int headBytesMax;
    private final int fieldsMax;

    private State state = State.NONE;
    private long remaining;
    private int digits;
    private int extensionBytes;
    private byte extensionBefore;
    private @Nullable TrailerParser trailers;
    private Refusal refusal = Refusal.CHUNK;

    BodyDecoder(LoopState loop, int headBytesMax, int fieldsMax) {
        this.loop = loop;
        this.headBytesMax = headBytesMax;
        this.fieldsMax = fieldsMax;
    }

    void beginLength(long length) {
        assert length > 0 : "length: " + length + " (expected: > 0)";
        state = State.LENGTH;
        remaining = length;
    }

    void beginChunks() {
        state = State.SIZE;
        remaining = 0;
        digits = 0;
    }

    void beginUntilClose() {
        state = State.UNTIL_CLOSE;
    }

    /** Whether the end of the connection is the end of the body. */
    boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /** How many of some readable bytes are the body's. They are counted as taken. */
    int take(int readable) {
        if (state == State.UNTIL_CLOSE) {
            return readable;
        }
        int taken = (int) Math.min(remaining, readable);
        remaining -= taken;
        if (remaining == 0 && state == State.CHUNK) {
            state = State.CHUNK_CR;
        }
        return taken;
    }

    /** Whether a body of announced length is whole. */
    boolean isWhole() {
        return state == State.LENGTH && remaining == 0;
    }

    Refusal refusal() {
        return refusal;
    }

    /** The trailers, until {@link #release()}. */
    MessageHead trailers() {
        if (trailers == null) {
            throw new IllegalStateException("there are no trailers");
        }
        return trailers.head;
    }

    /** Gives back what was borrowed. */
    void release() {
        if (trailers != null) {
            loop.release(trailers);
            trailers = null;
        }
    }

    Step next(ByteBuf in) {
        while (true) {
            switch (state) {
                case NONE -> {
                    return Step.END;
                }
                case LENGTH -> {
                    if (remaining == 0) {
                        state = State.NONE;
                        return Step.END;
                    }
                    return in.isReadable() ? Step.DATA : Step.MORE;
                }
                case UNTIL_CLOSE, CHUNK -> {
                    return in.isReadable() ? Step.DATA : Step.MORE;
                }
                case LAST, TRAILER_SECTION -> {
                    return last(in);
                }
                default -> {
                    if (!in.isReadable()) {
                        return Step.MORE;
                    }
                    if (!chunkByte(in.readByte())) {
                        return Step.REFUSED;
                    }
                }
            }
        }
    }

    /** Takes one byte of the framing around chunks; false where it does not belong there. */
    private boolean chunkByte(byte b) {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION, QUOTED, QUOTED_PAIR -> extension(b);
            case SIZE_LF -> {
                state = remaining == 0 ? State.LAST : State.CHUNK;
                yield b == Syntax.LF;
            }
            case CHUNK_CR -> {
                state = State.CHUNK_LF;
                yield b == Syntax.CR;
            }
            case CHUNK_LF -> {
                beginChunks();
                yield b == Syntax.LF;
            }
            default -> throw new IllegalStateException("state: " + state);
        };
    }

    private boolean size(byte b) {
        int digit = Syntax.hex(b);
        if (digit >= 0) {
            remaining = remaining << 4 | digit;
            return ++digits <= SIZE_DIGITS_MAX;
        }
        if (digits == 0) {
            return false;
        }
        if (b == ';') {
            state = State.EXTENSION;
            extensionBytes = 0;
            extensionBefore = b;
            return true;
        }
        state = State.SIZE_LF;
        return b == Syntax.CR;
    }

    /**
     * {@code *( ";" token [ "=" ( token / quoted-string ) ] )} without the optional white space;
     * understood so that its end is certain, and thrown away.
     */
    private boolean extension(byte b) {
        if (++extensionBytes > EXTENSION_BYTES_MAX || Syntax.isControl(b)) {
            // The one control byte that may stand here ends the line.
            boolean ends = b == Syntax.CR && state == State.EXTENSION && isNameOrValueByte();
            state = State.SIZE_LF;
            return ends && extensionBytes <= EXTENSION_BYTES_MAX;
        }
        if (state == State.QUOTED_PAIR) {
            state = State.QUOTED;
            return true;
        }
        if (state == State.QUOTED) {
            if (b == '\\') {
                state = State.QUOTED_PAIR;
            } else if (b == '"') {
                state = State.EXTENSION;
                extensionBefore = b;
            }
            return true;
        }
        return unquoted(b);
    }

    private boolean unquoted(byte b) {
        byte before = extensionBefore;
        extensionBefore = b;
        if (b == '"') {
            state = State.QUOTED;
            return before == '=';
        }
        if (b == ';') {
            return before != ';' && before != '=';
        }
        if (b == '=') {
            return (Syntax.classes(before) & Syntax.TOKEN) != 0;
        }
        return (Syntax.classes(b) & Syntax.TOKEN) != 0 && before != '"';
    }

    private boolean isNameOrValueByte() {
        return extensionBefore != ';' && extensionBefore != '=';
    }

    private Step last(ByteBuf in) {
        if (!in.isReadable()) {
            return Step.MORE;
        }
        if (state == State.LAST) {
            if (noTrailers(in)) {
                in.skipBytes(2);
                state = State.NONE;
                return Step.END;
            }
            trailers = loop.trailerParser(headBytesMax, fieldsMax);
            state = State.TRAILER_SECTION;
        }
        TrailerParser parser = trailers;
        if (parser == null) {
            throw new IllegalStateException("trailers were released before they ended");
        }
        return switch (parser.feed(in)) {
            case MORE -> Step.MORE;
            case REFUSED -> {
                refusal = parser.refusal();
                yield Step.REFUSED;
            }
            case DONE -> {
                state = State.NONE;
                yield parser.head.fieldCount() > 0 ? Step.TRAILERS : Step.END;
            }
        };
    }

    /** The usual end, which needs no parser. */
    private static boolean noTrailers(ByteBuf in) {
        int at = in.readerIndex();
        return in.readableBytes() >= 2
                && in.getByte(at) == Syntax.CR
                && in.getByte(at + 1) == Syntax.LF;
    }
}
