package dev.penstock.proxy.h2;

import java.util.Arrays;

/**
 * The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B), decoded four bits at a time by a
 * table of states. The code is canonical, so the lengths of its words say all.
 */
final class Huffman {

    /** The longest a decoded text can be for each encoded byte: the shortest word has 5 bits. */
    static final int EXPANSION_NUMERATOR = 8;

    static final int EXPANSION_DENOMINATOR = 5;

    private static final int EOS = 256;
    private static final int NODES = 256;
    private static final int NIBBLES = 16;
    private static final int EMITS = 1 << 16;
    private static final int FAILS = 1 << 17;

    /** Lengths in bits of the words of the symbols 0 to 255 and EOS. */
    private static final byte[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30
    };

    private static final int[] CODES = codes();

    /** For each state and nibble: the next state, the symbol, {@link #EMITS}, {@link #FAILS}. */
    private static final int[] TRANSITIONS = new int[NODES * NIBBLES];

    /** The states a text may end in: up to seven ones since the last symbol. */
    private static final boolean[] ENDS = new boolean[NODES];

    static {
        buildStates();
    }

    private Huffman() {}

    /**
     * Decodes a text.
     *
     * @param out has room for {@link #lengthMax} bytes
     * @return where the text ends in {@code out}, or -1 if it is not well-formed
     */
    static int decode(byte[] in, int start, int length, byte[] out, int outStart) {
        int state = 0;
        int at = outStart;
        for (int i = start; i < start + length; i++) {
            int high = TRANSITIONS[state * NIBBLES + (in[i] >> 4 & 0xf)];
            if ((high & EMITS) != 0) {
                out[at++] = (byte) (high >> 8);
            }
            int low = TRANSITIONS[(high & 0xff) * NIBBLES + (in[i] & 0xf)];
            if ((low & EMITS) != 0) {
                out[at++] = (byte) (low >> 8);
            }
            if (((high | low) & FAILS) != 0) {
                return -1;
            }
            state = low & 0xff;
        }
        return ENDS[state] ? at : -1;
    }

    /** The most bytes that an encoded text of a length can become. */
    static int lengthMax(int encodedLength) {
        return encodedLength * EXPANSION_NUMERATOR / EXPANSION_DENOMINATOR + 1;
    }

    /** Words in the order of their lengths, then of their symbols, each one more than the last. */
    private static int[] codes() {
        int[] codes = new int[LENGTHS.length];
        int next = 0;
        for (int length = 1; length <= 30; length++) {
            next <<= 1;
            for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
                if (LENGTHS[symbol] == length) {
                    codes[symbol] = next++;
                }
            }
        }
        return codes;
    }

    private static void buildStates() {
        // The tree: children[2 * node + bit] is a node, or ~symbol for a leaf.
        int[] children = new int[NODES * 2];
        Arrays.fill(children, Integer.MAX_VALUE);
        int nodes = 1;
        for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
            int node = 0;
            for (int bit = LENGTHS[symbol] - 1; bit > 0; bit--) {
                int edge = 2 * node + (CODES[symbol] >> bit & 1);
                if (children[edge] == Integer.MAX_VALUE) {
                    children[edge] = nodes++;
                }
                node = children[edge];
            }
            children[2 * node + (CODES[symbol] & 1)] = ~symbol;
        }
        for (int state = 0; state < NODES; state++) {
            for (int nibble = 0; nibble < NIBBLES; nibble++) {
                TRANSITIONS[state * NIBBLES + nibble] = transition(children, state, nibble);
            }
        }
        int node = 0;
        for (int ones = 0; ones <= 7; ones++) {
            ENDS[node] = true;
            node = children[2 * node + 1];
        }
    }

    private static int transition(int[] children, int state, int nibble) {
        int node = state;
        int result = 0;
        for (int bit = 3; bit >= 0; bit--) {
            int child = children[2 * node + (nibble >> bit & 1)];
            if (child == ~EOS) {
                return FAILS;
            }
            if (child < 0) {
                result = EMITS | ~child << 8;
                node = 0;
            } else {
                node = child;
            }
        }
        return result | node;
    }
}
