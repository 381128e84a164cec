package dev.penstock.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ByteRingTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void takesWhatFitsAndNothingElse() {
        ByteRing ring = new ByteRing(8);
        assertThat(ring.offer(new byte[8], 8)).isTrue();
        assertThat(ring.offer(new byte[1], 1)).isFalse();
        assertThat(ring.size()).isEqualTo(8);
        assertThat(ring.drainTo(out::write)).isEqualTo(8);
        assertThat(ring.size()).isZero();
        assertThat(ring.offer(new byte[9], 9)).isFalse();
        assertThat(ring.drainTo(out::write)).isZero();
    }

    @Test
    void goesRound() {
        ByteRing ring = new ByteRing(8);
        for (int i = 0; i < 100; i++) {
            byte[] word = ("w" + i + ";").getBytes(StandardCharsets.US_ASCII);
            assertThat(ring.offer(word, word.length)).isTrue();
            ring.drainTo(out::write);
        }
        assertThat(out.toString(StandardCharsets.US_ASCII))
                .startsWith("w0;w1;w2;w3;")
                .endsWith("w98;w99;")
                .hasSize(10 * 3 + 90 * 4);
    }

    @Test
    void needsAPowerOfTwo() {
        assertThatThrownBy(() -> new ByteRing(1000))
                .hasMessage("capacity: 1000 (expected: a power of two)");
    }

    @Test
    void twoThreadsSeeEveryByteOnceInOrder() throws InterruptedException {
        ByteRing ring = new ByteRing(1024);
        int count = 200_000;
        Thread writer =
                Thread.ofPlatform()
                        .start(() -> {
                            byte[] bytes = new byte[3];
                            for (int i = 0; i < count; i++) {
                                bytes[0] = (byte) i;
                                bytes[1] = (byte) (i >> 8);
                                bytes[2] = (byte) (i >> 16);
                                while (!ring.offer(bytes, 3)) {
                                    LockSupport.parkNanos(1_000);
                                }
                            }
                        });
        while (out.size() < count * 3) {
            if (ring.drainTo(out::write) == 0) {
                LockSupport.parkNanos(1_000);
            }
        }
        writer.join();
        byte[] all = out.toByteArray();
        for (int i = 0; i < count; i++) {
            int value =
                    (all[i * 3] & 0xff)
                            | (all[i * 3 + 1] & 0xff) << 8
                            | (all[i * 3 + 2] & 0xff) << 16;
            assertThat(value).isEqualTo(i);
        }
    }
}
