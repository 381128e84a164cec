package dev.penstock.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeoutWheelTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private long nanos = 12_345;
    private final TimeoutWheel wheel = new TimeoutWheel(channel.eventLoop(), () -> nanos);
    private final List<String> expired = new ArrayList<>();

    TimeoutWheelTest() {
        channel.freezeTime();
    }

    private final class Named extends Timeout {

        private final String name;
        private Runnable then = () -> {};

        private Named(String name) {
            this.name = name;
        }

        @Override
        protected void expired() {
            assertThat(isScheduled()).isFalse();
            expired.add(name);
            then.run();
        }
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 10) {
            nanos += TimeUnit.MILLISECONDS.toNanos(10);
            channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void firesNeverEarlyAndAtMostTwoTicksLate() {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            pass(random.nextInt(12) * 10L);
            int delay = random.nextInt(30) * 10;
            Named timeout = new Named("t");
            wheel.schedule(timeout, delay);
            expired.clear();
            pass(Math.max(0, delay - 10));
            assertThat(expired).as("delay %s", delay).isEmpty();
            pass(10 + 2 * TimeoutWheel.TICK_MILLIS);
            assertThat(expired).as("delay %s", delay).containsExactly("t");
            assertThat(timeout.isScheduled()).isFalse();
        }
    }

    @Test
    void firesInTheOrderOfTime() {
        wheel.schedule(new Named("3"), 900);
        wheel.schedule(new Named("1"), 100);
        wheel.schedule(new Named("2"), 500);
        pass(2000);
        assertThat(expired).containsExactly("1", "2", "3");
    }

    @Test
    void aCancelledTimeoutDoesNotFire() {
        Named timeout = new Named("t");
        wheel.schedule(timeout, 100);
        assertThat(timeout.isScheduled()).isTrue();
        timeout.cancel();
        timeout.cancel();
        assertThat(timeout.isScheduled()).isFalse();
        pass(1000);
        assertThat(expired).isEmpty();
    }

    @Test
    void canBePutOffAndBroughtForward() {
        Named late = new Named("late");
        wheel.schedule(late, 100);
        pass(50);
        wheel.schedule(late, 1000);
        Named soon = new Named("soon");
        wheel.schedule(soon, 1000);
        wheel.schedule(soon, 100);
        pass(800);
        assertThat(expired).containsExactly("soon");
        pass(400);
        assertThat(expired).containsExactly("soon", "late");
    }

    @Test
    void waitsLongerThanOneTurn() {
        long turn = 1024L * TimeoutWheel.TICK_MILLIS;
        wheel.schedule(new Named("t"), turn + 500);
        pass(turn + 490);
        assertThat(expired).isEmpty();
        pass(200);
        assertThat(expired).containsExactly("t");
    }

    @Test
    void whatExpiresMayScheduleAndCancel() {
        Named victim = new Named("victim");
        Named again = new Named("again");
        again.then =
                () -> {
                    victim.cancel();
                    if (expired.size() < 3) {
                        wheel.schedule(again, 0);
                    }
                };
        wheel.schedule(victim, 100);
        wheel.schedule(again, 100);
        pass(1000);
        assertThat(expired).containsExactly("again", "again", "again");
    }

    @Test
    void startsAgainAfterItWasEmpty() {
        wheel.schedule(new Named("1"), 100);
        pass(500);
        pass(100_000);
        wheel.schedule(new Named("2"), 100);
        pass(90);
        assertThat(expired).containsExactly("1");
        pass(110);
        assertThat(expired).containsExactly("1", "2");
    }

    @Test
    void catchesUpAfterTheLoopWasHeldUp() {
        wheel.schedule(new Named("1"), 100);
        wheel.schedule(new Named("2"), 400);
        nanos += TimeUnit.SECONDS.toNanos(5);
        channel.advanceTimeBy(5, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(expired).containsExactly("1", "2");
    }
}
