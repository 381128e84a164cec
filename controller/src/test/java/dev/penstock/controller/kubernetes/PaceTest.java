package dev.penstock.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private long now;
    private final Pace pace = new Pace(10, 3, () -> now);

    @Test
    void aBurstGoesAtOnceAndTheRestAtThePace() {
        assertThat(pace.take()).isZero();
        assertThat(pace.take()).isZero();
        assertThat(pace.take()).isZero();
        assertThat(pace.take()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(pace.take()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    }

    @Test
    void aPauseEarnsNoMoreThanABurst() {
        now = TimeUnit.HOURS.toNanos(1);

        assertThat(pace.take()).isZero();
        assertThat(pace.take()).isZero();
        assertThat(pace.take()).isZero();
        assertThat(pace.take()).isPositive();
    }
}
