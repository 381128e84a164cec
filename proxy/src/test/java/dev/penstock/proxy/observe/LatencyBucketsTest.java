package dev.penstock.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {

    @Test
    void aBoundBelongsToTheBucketBelowIt() {
        double[] bounds = LatencyBuckets.upperBounds();
        for (int i = 0; i < bounds.length - 1; i++) {
            long bound = Math.round(bounds[i] * 1e9);
            assertThat(LatencyBuckets.indexOf(bound)).as("%s s", bounds[i]).isEqualTo(i);
            assertThat(LatencyBuckets.indexOf(bound + 1)).isEqualTo(i + 1);
        }
    }

    @Test
    void everyDurationHasTheFirstBucketThatHoldsIt() {
        double[] bounds = LatencyBuckets.upperBounds();
        Random random = new Random(1);
        for (int n = 0; n < 100_000; n++) {
            long nanos = random.nextLong() >>> (1 + random.nextInt(62));
            int expected = 0;
            while (nanos > bounds[expected] * 1e9) {
                expected++;
            }
            assertThat(LatencyBuckets.indexOf(nanos)).as("%s ns", nanos).isEqualTo(expected);
        }
    }

    @Test
    void clocksThatWentBackDoNoHarm() {
        assertThat(LatencyBuckets.indexOf(-5)).isZero();
        assertThat(LatencyBuckets.indexOf(0)).isZero();
        assertThat(LatencyBuckets.indexOf(Long.MAX_VALUE)).isEqualTo(LatencyBuckets.COUNT - 1);
    }
}
