package dev.penstock.controller.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemberTableTest {

    private final MemberTable table = new MemberTable("a", Duration.ofSeconds(4));

    @Test
    void aMemberIsLostWhenItsLeaseStaysTheSame() {
        table.seen("b", "1", at(0));
        table.seen("c", "1", at(0));
        for (int second = 0; second <= 4; second++) {
            table.renewed(at(second));
            table.seen("b", "v" + second, at(second));
            table.seen("c", "1", at(second));
            assertThat(table.live(at(second))).containsExactly("a", "b", "c");
        }
        table.renewed(at(5));

        assertThat(table.live(at(5))).containsExactly("a", "b");
    }

    @Test
    void aLeaseThatIsGivenBackIsLostAtOnce() {
        table.renewed(at(0));
        table.seen("b", "1", at(0));
        table.gone("b");

        assertThat(table.live(at(0))).containsExactly("a");
    }

    @Test
    void whoIsCutOffKeepsWhatItKnewAndGivesOthersTimeAfterwards() {
        table.renewed(at(0));
        table.seen("b", "1", at(0));
        assertThat(table.live(at(1))).containsExactly("a", "b");
        assertThat(table.live(at(60))).containsExactly("a", "b");

        table.renewed(at(61));
        assertThat(table.live(at(61))).containsExactly("a", "b");
        for (int second = 62; second <= 66; second++) {
            table.renewed(at(second));
        }
        assertThat(table.live(at(66))).containsExactly("a");
    }

    private static long at(int second) {
        return TimeUnit.SECONDS.toNanos(second);
    }
}
