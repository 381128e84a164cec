package dev.penstock.proxy.h2;

/**
 * Decodes header blocks (RFC 7541) and hands each field to a {@link FieldSink}. It goes on to the
 * end of a block whatever the sink thinks of it, so that the table stays that of the peer; what a
 * block can cost is bounded by its own length, since a field is handed on without being copied.
 */
final class HpackDecoder {

    private static final int INTEGER_BYTES_MAX = 5;

    private final int tableSizeLimit;
    private final DynamicTable table;

    private byte[] block = {};
    private int at;
    private int end;

    // The text that was read last.
    private byte[] text = {};
    private int textStart;
    private int textLength;
    private int textsEnd;

    /**
     * @param tableSizeLimit what our SETTINGS_HEADER_TABLE_SIZE says
     */
    HpackDecoder(int tableSizeLimit) {
        this.tableSizeLimit = tableSizeLimit;
        this.table = new DynamicTable(tableSizeLimit);
    }

    /** The size of the dynamic table now. */
    int tableSize() {
        return table.size();
    }

    /**
     * Decodes a whole block.
     *
     * @throws ConnectionError of COMPRESSION_ERROR; the decoder is of no use then
     */
    void decode(byte[] source, int start, int length, FieldSink sink) throws ConnectionError {
        block = source;
        at = start;
        end = start + length;
        boolean fieldSeen = false;
        while (at < end) {
            int first = source[at] & 0xff;
            textsEnd = 0;
            if (first >= 0x80) {
                indexed(integer(7), sink);
                fieldSeen = true;
            } else if (first >= 0x40) {
                literal(integer(6), true, sink);
                fieldSeen = true;
            } else if (first >= 0x20) {
                if (fieldSeen) {
                    throw ConnectionError.compression("hpack_late_size_update");
                }
                int size = integer(5);
                if (size > tableSizeLimit) {
                    throw ConnectionError.compression("hpack_size_update");
                }
                table.sizeMax(size);
            } else {
                literal(integer(4), false, sink);
                fieldSeen = true;
            }
        }
    }

    private void indexed(int index, FieldSink sink) throws ConnectionError {
        if (index == 0) {
            throw ConnectionError.compression("hpack_index");
        }
        if (index <= StaticTable.SIZE) {
            byte[] name = StaticTable.name(index);
            byte[] value = StaticTable.value(index);
            sink.field(StaticTable.token(index), name, 0, name.length, value, 0, value.length);
            return;
        }
        int entry = entry(index);
        byte[] bytes = table.bytes();
        sink.field(
                table.token(entry),
                bytes,
                table.nameStart(entry),
                table.nameLength(entry),
                bytes,
                table.valueStart(entry),
                table.valueLength(entry));
    }

    private void literal(int nameIndex, boolean keep, FieldSink sink) throws ConnectionError {
        int token;
        if (nameIndex == 0) {
            readText();
            token = FieldToken.ofName(text, textStart, textLength);
        } else if (nameIndex <= StaticTable.SIZE) {
            text = StaticTable.name(nameIndex);
            textStart = 0;
            textLength = text.length;
            token = StaticTable.token(nameIndex);
        } else {
            int entry = entry(nameIndex);
            token = FieldToken.withoutValue(table.token(entry));
            copyName(entry);
        }
        byte[] name = text;
        int nameStart = textStart;
        int nameLength = textLength;
        readText(); // may make a larger array, but leaves the name where it is
        token = FieldToken.withValue(token, text, textStart, textLength);
        sink.field(token, name, nameStart, nameLength, text, textStart, textLength);
        if (keep) {
            table.add(token, name, nameStart, nameLength, text, textStart, textLength);
        }
    }

    /** Out of the table's array, where adding the field may overwrite it. */
    private void copyName(int entry) {
        textStart = 0;
        textLength = table.nameLength(entry);
        textsEnd = textLength;
        text = Scratch.local().text(textLength);
        System.arraycopy(table.bytes(), table.nameStart(entry), text, 0, textLength);
    }

    private int entry(int index) throws ConnectionError {
        int entry = index - StaticTable.SIZE - 1;
        if (entry >= table.count()) {
            throw ConnectionError.compression("hpack_index");
        }
        return entry;
    }

    /** An integer with a prefix of some bits (RFC 7541 section 5.1). */
    private int integer(int prefixBits) throws ConnectionError {
        int mask = (1 << prefixBits) - 1;
        int prefix = block[at++] & mask;
        if (prefix < mask) {
            return prefix;
        }
        long value = prefix;
        for (int i = 0; i < INTEGER_BYTES_MAX; i++) {
            if (at >= end) {
                throw ConnectionError.compression("hpack_truncated");
            }
            int b = block[at++];
            value += (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                if (value > Integer.MAX_VALUE) {
                    break;
                }
                return (int) value;
            }
        }
        throw ConnectionError.compression("hpack_integer");
    }

    /** A string literal (RFC 7541 section 5.2). */
    private void readText() throws ConnectionError {
        if (at >= end) {
            throw ConnectionError.compression("hpack_truncated");
        }
        boolean huffman = block[at] < 0;
        int length = integer(7);
        if (length > end - at) {
            throw ConnectionError.compression("hpack_truncated");
        }
        if (huffman) {
            text = Scratch.local().text(textsEnd + Huffman.lengthMax(length));
            int textEnd = Huffman.decode(block, at, length, text, textsEnd);
            if (textEnd < 0) {
                throw ConnectionError.compression("hpack_huffman");
            }
            textStart = textsEnd;
            textLength = textEnd - textsEnd;
            textsEnd = textEnd;
        } else {
            text = block;
            textStart = at;
            textLength = length;
        }
        at += length;
    }
}
