package dev.penstock.tls.context;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The keys that session tickets are sealed with, one set for all contexts. The newest seals, it and
 * those before it open. A key is replaced when somebody asks for the keys and its time is up, so no
 * thread is needed.
 */
final class TicketKeys {

    /** The newest and two before it. */
    static final int KEYS_KEPT = 3;

    private final LongSupplier nanoTime;
    private final long rotationNanos;
    private final SecureRandom random = new SecureRandom();

    private volatile Generation current;

    TicketKeys(Duration rotation, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.rotationNanos = rotation.toNanos();
        this.current =
                new Generation(new OpenSslSessionTicketKey[] {newKey()}, nanoTime.getAsLong());
    }

    /** The keys to be used now. The same instance until the next rotation. */
    Generation current() {
        Generation now = current;
        return nanoTime.getAsLong() - now.madeNanos < rotationNanos ? now : rotate();
    }

    private synchronized Generation rotate() {
        long now = nanoTime.getAsLong();
        long periods = (now - current.madeNanos) / rotationNanos;
        if (periods > 0) {
            // Keys that would be gone, had somebody asked in time, are not kept longer.
            int kept = (int) Math.max(0, Math.min(current.keys.length, KEYS_KEPT - periods));
            OpenSslSessionTicketKey[] keys = new OpenSslSessionTicketKey[kept + 1];
            keys[0] = newKey();
            System.arraycopy(current.keys, 0, keys, 1, kept);
            current = new Generation(keys, current.madeNanos + periods * rotationNanos);
        }
        return current;
    }

    private OpenSslSessionTicketKey newKey() {
        return new OpenSslSessionTicketKey(
                bytes(OpenSslSessionTicketKey.NAME_SIZE),
                bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The keys between two rotations, the newest first. */
    static final class Generation {

        private final OpenSslSessionTicketKey[] keys;
        private final long madeNanos;

        private Generation(OpenSslSessionTicketKey[] keys, long madeNanos) {
            this.keys = keys;
            this.madeNanos = madeNanos;
        }

        /** Not to be changed. */
        OpenSslSessionTicketKey[] keys() {
            return keys;
        }
    }
}
