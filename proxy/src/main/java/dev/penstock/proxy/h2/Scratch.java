package dev.penstock.proxy.h2;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;

/**
 * Arrays that one event loop uses for one header block at a time, so that no connection needs its
 * own. Nothing may be called back between filling and reading them.
 */
final class Scratch {

    private static final int INITIAL = 4096;

    /** What is kept when it was grown for a large block. */
    private static final int KEPT_MAX = 256 * 1024;

    private static final FastThreadLocal<Scratch> LOCAL =
            new FastThreadLocal<>() {
                @Override
                protected Scratch initialValue() {
                    return new Scratch();
                }
            };

    private byte[] block = new byte[INITIAL];
    private byte[] text = new byte[INITIAL];
    private byte[] output = new byte[INITIAL];
    private byte[] cookie = new byte[INITIAL];

    private Scratch() {}

    /** That of the calling thread. */
    static Scratch local() {
        return LOCAL.get();
    }

    /** For the bytes of a block that is decoded. */
    byte[] block(int length) {
        if (block.length < length) {
            block = new byte[grown(length)];
        }
        return block;
    }

    /** For texts that a block's decoder makes; keeps what is in it when it grows. */
    byte[] text(int length) {
        if (text.length < length) {
            text = Arrays.copyOf(text, grown(length));
        }
        return text;
    }

    /** For a cookie that is joined; keeps what is in it when it grows. */
    byte[] cookie(int length) {
        if (cookie.length < length) {
            cookie = Arrays.copyOf(cookie, grown(length));
        }
        return cookie;
    }

    /** For a block that is encoded; keeps what is in it when it grows. */
    byte[] output(int length) {
        if (output.length < length) {
            output = Arrays.copyOf(output, grown(length));
        }
        return output;
    }

    /** Lets go of arrays that an uncommonly large block made. */
    void trim() {
        if (block.length > KEPT_MAX) {
            block = new byte[INITIAL];
        }
        if (text.length > KEPT_MAX) {
            text = new byte[INITIAL];
        }
        if (output.length > KEPT_MAX) {
            output = new byte[INITIAL];
        }
    }

    private static int grown(int length) {
        return Math.max(length, Integer.highestOneBit(length - 1) << 1);
    }
}
