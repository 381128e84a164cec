package dev.penstock.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The path of a request's target, normalised once: the one value that decides routing, policies and
 * rewriting. Reusable; owned by one event loop.
 *
 * <p>Normalised means, in the terms of RFC 3986:
 *
 * <ul>
 *   <li>escapes of unreserved characters are decoded (section 6.2.2.2), which also uncovers escaped
 *       dots; the hex digits of other escapes are upper case; bytes that the grammar does not allow
 *       raw but browsers send ({@code "<>[]^`{|}}) are escaped;
 *   <li>dot segments are resolved (section 5.2.4);
 *   <li>duplicate slashes are kept: an empty element is an element. The Ingress API forbids {@code
 *       //} in rules (KEP-1453), so such a path is only taken by a rule above it.
 * </ul>
 *
 * A target that backends are known to read differently from each other is refused, see {@link
 * Verdict}. A {@code ..} above the root is among them: the RFC drops it, servers differ, and no
 * honest client sends one.
 *
 * <p>What goes upstream is the target byte for byte as it came, unless it is {@link #changed()}:
 * then {@link #bytes()} up to {@link #forwardLength()}.
 */
public final class RequestPath {

    private static final int INITIAL_CAPACITY = 512;

    /** A buffer above this size is not kept for the next request. */
    private static final int KEPT_CAPACITY_MAX = 64 * 1024;

    private byte[] out = new byte[INITIAL_CAPACITY];
    private int length;
    private int forwardLength;
    private int queryStart;
    private boolean changed;

    // What the pass over the path has found.
    private int segmentStart;
    private boolean dotSegments;
    private boolean dotParameters;
    private boolean escapedSlash;

    /** Whether a target is served, or why it is answered with 400. */
    public enum Verdict {
        OK(""),
        NOT_ABSOLUTE("the path does not begin with /"),
        INVALID_BYTE("a control byte, a space or a byte above ASCII"),
        FRAGMENT("a # sign"),
        BACKSLASH("a backslash, raw or as %5C"),
        MALFORMED_ESCAPE("a % sign without two hex digits"),
        ESCAPED_CONTROL("an escaped control byte such as %00"),
        ESCAPED_SLASH_AND_DOT_SEGMENT("an escaped slash beside a dot segment"),
        DOT_SEGMENT_WITH_PARAMETER("a dot segment with a parameter such as /..;"),
        ABOVE_ROOT("a dot segment that leads above the root");

        private final String reason;

        Verdict(String reason) {
            this.reason = reason;
        }

        /** What is wrong with the target, for logs; empty for {@link #OK}. */
        public String reason() {
            return reason;
        }
    }

    /**
     * Normalises a target in origin form (RFC 9112 section 3.2.1): path and query. An empty path,
     * as the absolute form may have, is {@code /}. Nothing else of this object is defined unless
     * the verdict is OK.
     *
     * @param target holds the target; read only
     * @param start where it begins
     * @param targetLength its length in bytes
     */
    public Verdict parse(byte[] target, int start, int targetLength) {
        reset(targetLength);
        int end = start + targetLength;
        int pathEnd = start;
        if (targetLength == 0 || target[start] == '?') {
            out[length++] = '/';
            changed = true;
        } else if (target[start] == '/') {
            pathEnd = pathEnd(target, start, end);
            Verdict verdict = normalise(target, start, pathEnd);
            if (verdict == Verdict.OK && dotSegments) {
                verdict = resolve();
            }
            if (verdict != Verdict.OK) {
                return verdict;
            }
        } else {
            return Verdict.NOT_ABSOLUTE;
        }
        return finish(target, pathEnd, end);
    }

    /** Holds the normalised path from index 0; valid until the next parse. */
    public byte[] bytes() {
        return out;
    }

    /** The length of the normalised path, without the query. */
    public int length() {
        return length;
    }

    /**
     * Whether the target must not be forwarded as it came: it held dot segments, or its path was
     * empty.
     */
    public boolean changed() {
        return changed;
    }

    /**
     * How much of {@link #bytes()} to forward in place of the target: the resolved path and the
     * query with its question mark. Defined only when {@link #changed()}.
     */
    public int forwardLength() {
        return forwardLength;
    }

    /**
     * The index in the parsed array of the first byte of the query, which reaches to the target's
     * end; -1 where there is no question mark.
     */
    public int queryStart() {
        return queryStart;
    }

    private void reset(int targetLength) {
        // An escape made of a raw byte takes three; the root of an empty path takes one.
        int capacity = targetLength * 3 + 1;
        if (out.length < capacity) {
            out = new byte[capacity];
        } else if (out.length > KEPT_CAPACITY_MAX) {
            out = new byte[Math.max(capacity, INITIAL_CAPACITY)];
        }
        length = 0;
        forwardLength = 0;
        queryStart = -1;
        changed = false;
        segmentStart = 0;
        dotSegments = false;
        dotParameters = false;
        escapedSlash = false;
    }

    private static int pathEnd(byte[] target, int start, int end) {
        for (int i = start; i < end; i++) {
            if (target[i] == '?') {
                return i;
            }
        }
        return end;
    }

    /** Copies the path with its escapes in canonical form and notes what it holds. */
    private Verdict normalise(byte[] target, int start, int end) {
        int i = start;
        while (i < end) {
            byte c = target[i];
            switch (PathBytes.classOf(c)) {
                case PathBytes.PLAIN -> out[length++] = c;
                case PathBytes.SLASH -> {
                    endSegment();
                    out[length++] = c;
                    segmentStart = length;
                }
                case PathBytes.PERCENT -> {
                    Verdict verdict = escape(PathBytes.escapedByte(target, i + 1, end));
                    if (verdict != Verdict.OK) {
                        return verdict;
                    }
                    i += 2;
                }
                case PathBytes.LOOSE -> length = PathBytes.writeEscape(out, length, c);
                case PathBytes.BACKSLASH -> {
                    return Verdict.BACKSLASH;
                }
                case PathBytes.HASH -> {
                    return Verdict.FRAGMENT;
                }
                default -> {
                    return Verdict.INVALID_BYTE;
                }
            }
            i++;
        }
        endSegment();
        if (dotParameters) {
            return Verdict.DOT_SEGMENT_WITH_PARAMETER;
        }
        return dotSegments && escapedSlash ? Verdict.ESCAPED_SLASH_AND_DOT_SEGMENT : Verdict.OK;
    }

    private Verdict escape(int value) {
        if (value < 0) {
            return Verdict.MALFORMED_ESCAPE;
        }
        if (value < 0x20 || value == 0x7f) {
            return Verdict.ESCAPED_CONTROL;
        }
        if (value == '\\') {
            return Verdict.BACKSLASH;
        }
        if (PathBytes.isUnreserved(value)) {
            out[length++] = (byte) value;
            return Verdict.OK;
        }
        if (value == '/') {
            // For a server that decodes before it splits, the element ends here.
            endSegment();
            escapedSlash = true;
        }
        length = PathBytes.writeEscape(out, length, value);
        if (value == '/') {
            segmentStart = length;
        }
        return Verdict.OK;
    }

    /** Looks at the element that has just been written whole. */
    private void endSegment() {
        int at = segmentStart;
        if (at == length || out[at] != '.') {
            return;
        }
        at++;
        if (at < length && out[at] == '.') {
            at++;
        }
        if (at == length) {
            // The first slash of the path ends no element, but there segmentStart is length.
            dotSegments = true;
        } else if (out[at] == ';' || isEscapedSemicolon(at)) {
            // Servlet containers cut the parameter off and then resolve the dots.
            dotParameters = true;
        }
    }

    private boolean isEscapedSemicolon(int at) {
        return at + 3 <= length && out[at] == '%' && out[at + 1] == '3' && out[at + 2] == 'B';
    }

    /** Resolves dot segments in place (RFC 3986 section 5.2.4). */
    private Verdict resolve() {
        int end = length;
        int written = 0;
        int slash = 0;
        while (slash < end) {
            int next = slash + 1;
            while (next < end && out[next] != '/') {
                next++;
            }
            int dots = dots(slash + 1, next);
            if (dots == 2) {
                if (written == 0) {
                    return Verdict.ABOVE_ROOT;
                }
                do {
                    written--;
                } while (out[written] != '/');
            }
            if (dots == 0) {
                System.arraycopy(out, slash, out, written, next - slash);
                written += next - slash;
            } else if (next == end) {
                out[written++] = '/';
            }
            slash = next;
        }
        length = written;
        changed = true;
        return Verdict.OK;
    }

    /** How many dots a segment consists of: 1 or 2; 0 where it is no dot segment. */
    private int dots(int start, int end) {
        int size = end - start;
        if (size < 1 || size > 2 || out[start] != '.' || out[end - 1] != '.') {
            return 0;
        }
        return size;
    }

    private Verdict finish(byte[] target, int pathEnd, int end) {
        for (int i = pathEnd; i < end; i++) {
            byte kind = PathBytes.classOf(target[i]);
            if (kind == PathBytes.INVALID) {
                return Verdict.INVALID_BYTE;
            }
            if (kind == PathBytes.HASH) {
                return Verdict.FRAGMENT;
            }
        }
        if (pathEnd < end) {
            queryStart = pathEnd + 1;
        }
        if (changed) {
            System.arraycopy(target, pathEnd, out, length, end - pathEnd);
            forwardLength = length + end - pathEnd;
        }
        return Verdict.OK;
    }

    @Override
    public String toString() {
        return new String(Arrays.copyOf(out, length), StandardCharsets.US_ASCII);
    }
}
