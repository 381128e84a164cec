package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encodes header blocks (RFC 7541) into the {@link Scratch} of the event loop. A short field goes
 * into the dynamic table when it is seen the second time in a row among those that hash alike;
 * longer ones are copied. There is no Huffman coding: what repeats is one byte anyway, and for the
 * rest copying beats packing.
 */
final class HpackEncoder {

    /** The most the dynamic table is given, whatever more the peer allows. */
    private static final int TABLE_SIZE_MAX = 4096;

    private static final int INDEXED_VALUE_MAX = 128;
    private static final int SLOTS = 64;

    /** What must not be in any table, so that nobody can guess it by the size of a block. */
    private static final long NEVER_INDEXED =
            HeaderName.AUTHORIZATION.bit()
                    | HeaderName.PROXY_AUTHORIZATION.bit()
                    | HeaderName.COOKIE.bit()
                    | HeaderName.SET_COOKIE.bit();

    /** What differs from message to message. */
    private static final long NOT_INDEXED =
            HeaderName.CONTENT_LENGTH.bit()
                    | HeaderName.X_REQUEST_ID.bit()
                    | HeaderName.TRACEPARENT.bit()
                    | HeaderName.LOCATION.bit()
                    | HeaderName.REFERER.bit();

    private static final int[] NO_SLOTS = {};

    private final DynamicTable table = new DynamicTable(TABLE_SIZE_MAX);

    /** How many entries were ever added; the newest has this number. */
    private int added;

    private int[] slotHash = NO_SLOTS;
    private int[] slotEntry = NO_SLOTS;
    private boolean sizeUpdate;
    private int smallestSize = TABLE_SIZE_MAX;

    private byte[] out = {};
    private int length;

    /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
    void peerTableSize(long size) {
        int next = (int) Math.min(size, TABLE_SIZE_MAX);
        if (next == table.sizeMax()) {
            return;
        }
        smallestSize = sizeUpdate ? Math.min(smallestSize, next) : next;
        sizeUpdate = true;
        table.sizeMax(next);
    }

    /** Begins a block. */
    void begin() {
        out = Scratch.local().output(0);
        length = 0;
        if (sizeUpdate) {
            // The smallest size in between must be told too (RFC 7541 section 4.2).
            if (smallestSize < table.sizeMax()) {
                integer(0x20, 5, smallestSize);
            }
            integer(0x20, 5, table.sizeMax());
            sizeUpdate = false;
        }
    }

    /** The array with the block; the block starts at 0. */
    byte[] bytes() {
        return out;
    }

    /** The length of the block so far. */
    int length() {
        return length;
    }

    void status(int status) {
        int index = StaticTable.indexOfStatus(status);
        if (index != 0) {
            integer(0x80, 7, index);
            return;
        }
        integer(0, 4, StaticTable.STATUS_200);
        room(4);
        out[length++] = 3;
        out[length++] = (byte) ('0' + status / 100);
        out[length++] = (byte) ('0' + status / 10 % 10);
        out[length++] = (byte) ('0' + status % 10);
    }

    /** A field that is in the static table as it is. */
    void indexed(int staticIndex) {
        integer(0x80, 7, staticIndex);
    }

    /** A field with the name of a static entry that is put into no table. */
    void literal(int staticIndex, byte[] value, int start, int valueLength) {
        integer(0, 4, staticIndex);
        text(value, start, valueLength);
    }

    /** The content-length field. */
    void contentLength(long value) {
        integer(0, 4, StaticTable.CONTENT_LENGTH);
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        room(digits + 1);
        out[length++] = (byte) digits;
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** A field with the name of a static entry that is put into the table if it repeats. */
    void field(int staticIndex, byte[] value, int start, int valueLength) {
        byte[] name = StaticTable.name(staticIndex);
        repeating(staticIndex, name, 0, name.length, value, start, valueLength);
    }

    /** A field with a known name that is not in the head. */
    void named(HeaderName name, byte[] value) {
        byte[] text = name.bytes();
        repeating(StaticTable.indexOf(name), text, 0, text.length, value, 0, value.length);
    }

    /** Any field; its name is put into lower case. */
    void field(
            @Nullable HeaderName known,
            byte[] source,
            int nameStart,
            int nameLength,
            int valueStart,
            int valueLength) {
        int index;
        if (known == null) {
            index = StaticTable.indexOf(source, nameStart, nameLength);
        } else {
            index = StaticTable.indexOf(known);
            if ((known.bit() & (NEVER_INDEXED | NOT_INDEXED)) != 0) {
                int pattern = (known.bit() & NEVER_INDEXED) != 0 ? 0x10 : 0;
                integer(pattern, 4, index);
                if (index == 0) {
                    name(source, nameStart, nameLength);
                }
                text(source, valueStart, valueLength);
                return;
            }
        }
        repeating(index, source, nameStart, nameLength, source, valueStart, valueLength);
    }

    private void repeating(
            int index,
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        if (valueLength > INDEXED_VALUE_MAX || nameLength > INDEXED_VALUE_MAX) {
            plain(0, index, name, nameStart, nameLength);
            text(value, valueStart, valueLength);
            return;
        }
        if (slotHash.length == 0) {
            slotHash = new int[SLOTS];
            slotEntry = new int[SLOTS];
        }
        int hash = hash(name, nameStart, nameLength, value, valueStart, valueLength);
        int slot = (hash ^ hash >>> 16) & SLOTS - 1;
        if (slotHash[slot] == hash) {
            int entry = added - slotEntry[slot];
            if (slotEntry[slot] != 0 && entry < table.count()) {
                if (equal(entry, name, nameStart, nameLength, value, valueStart, valueLength)) {
                    integer(0x80, 7, entry + StaticTable.SIZE + 1);
                    return;
                }
            }
            plain(0x40, index, name, nameStart, nameLength);
            int nameAt = length;
            lowerCaseCopy(name, nameStart, nameLength);
            boolean kept = table.add(0, out, nameAt, nameLength, value, valueStart, valueLength);
            if (kept) {
                added++;
            }
            slotEntry[slot] = kept ? added : 0;
        } else {
            slotHash[slot] = hash;
            slotEntry[slot] = 0;
            plain(0, index, name, nameStart, nameLength);
        }
        text(value, valueStart, valueLength);
    }

    private boolean equal(
            int entry,
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        if (table.nameLength(entry) != nameLength || table.valueLength(entry) != valueLength) {
            return false;
        }
        byte[] bytes = table.bytes();
        int at = table.nameStart(entry);
        for (int i = 0; i < nameLength; i++) {
            if (AsciiBytes.toLower(name[nameStart + i]) != bytes[at + i]) {
                return false;
            }
        }
        at = table.valueStart(entry);
        return Arrays.equals(
                bytes, at, at + valueLength, value, valueStart, valueStart + valueLength);
    }

    /** From a few bytes only: what hashes alike is compared. */
    private static int hash(
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        int hash = nameLength * 31 + valueLength;
        hash = hash * 31 + (name[nameStart] | 0x20);
        hash = hash * 31 + (name[nameStart + nameLength - 1] | 0x20);
        hash = hash * 31 + (name[nameStart + nameLength / 2] | 0x20);
        for (int i = 0; i < valueLength; i += 1 + (valueLength >> 3)) {
            hash = hash * 31 + value[valueStart + i];
        }
        if (valueLength > 0) {
            hash = hash * 31 + value[valueStart + valueLength - 1];
        }
        return hash * 0x9E3779B9 | 1;
    }

    /** The beginning of a literal with its name. */
    private void plain(int pattern, int index, byte[] name, int nameStart, int nameLength) {
        integer(pattern, pattern == 0x40 ? 6 : 4, index);
        if (index == 0) {
            name(name, nameStart, nameLength);
        }
    }

    private void name(byte[] source, int start, int nameLength) {
        integer(0, 7, nameLength);
        lowerCaseCopy(source, start, nameLength);
        length += nameLength;
    }

    /** Behind the end of the block. */
    private void lowerCaseCopy(byte[] source, int start, int nameLength) {
        room(nameLength);
        for (int i = 0; i < nameLength; i++) {
            out[length + i] = AsciiBytes.toLower(source[start + i]);
        }
    }

    private void text(byte[] source, int start, int textLength) {
        integer(0, 7, textLength);
        room(textLength);
        System.arraycopy(source, start, out, length, textLength);
        length += textLength;
    }

    private void integer(int pattern, int prefixBits, int value) {
        room(6);
        int mask = (1 << prefixBits) - 1;
        if (value < mask) {
            out[length++] = (byte) (pattern | value);
            return;
        }
        out[length++] = (byte) (pattern | mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            out[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[length++] = (byte) rest;
    }

    private void room(int more) {
        if (length + more > out.length) {
            out = Scratch.local().output(length + more);
        }
    }
}
