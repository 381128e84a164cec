package dev.penstock.proxy.trace;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import java.util.Arrays;

/**
 * The fields {@code tracestate} of a request, which are one list (W3C Trace Context section 3.3).
 * It is passed on as it is, or, where any of it is malformed, not at all. One instance an event
 * loop.
 */
final class TraceState {

    private static final int MEMBERS_MAX = 32;
    private static final int KEY_MAX = 256;
    private static final int VALUE_MAX = 256;

    private final int[] keyStarts = new int[MEMBERS_MAX];
    private final int[] keyLengths = new int[MEMBERS_MAX];
    private int members;

    /** Whether the fields of a head make a list without fault. */
    boolean isValid(MessageHead head) {
        members = 0;
        for (int i = head.find(HeaderName.TRACESTATE, 0);
                i >= 0;
                i = head.find(HeaderName.TRACESTATE, i + 1)) {
            int start = head.valueStart(i);
            if (!readList(head.bytes(), start, start + head.valueLength(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean readList(byte[] bytes, int start, int end) {
        int from = start;
        while (from <= end) {
            int comma = from;
            while (comma < end && bytes[comma] != ',') {
                comma++;
            }
            int first = from;
            int last = comma;
            while (first < last && isBlank(bytes[first])) {
                first++;
            }
            while (last > first && isBlank(bytes[last - 1])) {
                last--;
            }
            // Empty members are allowed.
            if (first < last && !readMember(bytes, first, last)) {
                return false;
            }
            from = comma + 1;
        }
        return true;
    }

    private boolean readMember(byte[] bytes, int start, int end) {
        int equals = start;
        while (equals < end && bytes[equals] != '=') {
            equals++;
        }
        int keyLength = equals - start;
        if (members == MEMBERS_MAX
                || equals == end
                || !isKey(bytes, start, keyLength)
                || !isValue(bytes, equals + 1, end)
                || isKnown(bytes, start, keyLength)) {
            return false;
        }
        keyStarts[members] = start;
        keyLengths[members] = keyLength;
        members++;
        return true;
    }

    private boolean isKnown(byte[] bytes, int start, int length) {
        for (int i = 0; i < members; i++) {
            if (keyLengths[i] == length
                    && Arrays.equals(
                            bytes,
                            start,
                            start + length,
                            bytes,
                            keyStarts[i],
                            keyStarts[i] + length)) {
                return true;
            }
        }
        return false;
    }

    /** A key, or tenant and system with an {@code @} between them. */
    private static boolean isKey(byte[] bytes, int start, int length) {
        if (length == 0 || length > KEY_MAX || !isLetterOrDigit(bytes[start])) {
            return false;
        }
        int ats = 0;
        for (int i = start; i < start + length; i++) {
            byte b = bytes[i];
            boolean mark = b == '_' || b == '-' || b == '*' || b == '/';
            if (b == '@') {
                ats++;
            } else if (!mark && !isLetterOrDigit(b)) {
                return false;
            }
        }
        return ats <= 1 && bytes[start + length - 1] != '@';
    }

    private static boolean isLetterOrDigit(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
    }

    /** Printable ASCII without comma and equals sign; not empty, since blanks around are gone. */
    private static boolean isValue(byte[] bytes, int start, int end) {
        if (start >= end || end - start > VALUE_MAX) {
            return false;
        }
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b < ' ' || b > '~' || b == ',' || b == '=') {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }
}
