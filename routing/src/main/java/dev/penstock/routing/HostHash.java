package dev.penstock.routing;

import java.security.SecureRandom;

/**
 * The hash of host names. It runs from the last byte to the first, so that one pass over a name
 * also gives the hash of the part behind its first label, which wildcards are looked up by. Seeded
 * per process: who may choose host names cannot choose names that collide.
 */
final class HostHash {

    private static final long SEED = new SecureRandom().nextLong();
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private HostHash() {}

    static long start() {
        return SEED;
    }

    /** Adds the byte in front of those added so far. */
    static long add(long hash, byte value) {
        return (hash ^ (value & 0xff)) * MULTIPLIER;
    }

    /** The slot hash; never 0, which marks an empty slot. */
    static int finish(long hash) {
        long mixed = (hash ^ (hash >>> 32)) * MULTIPLIER;
        int folded = (int) (mixed >>> 32);
        return folded == 0 ? 1 : folded;
    }

    static int of(byte[] bytes) {
        long hash = start();
        for (int i = bytes.length - 1; i >= 0; i--) {
            hash = add(hash, bytes[i]);
        }
        return finish(hash);
    }
}
