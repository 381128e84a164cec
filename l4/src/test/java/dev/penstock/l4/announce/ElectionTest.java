package dev.penstock.l4.announce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ElectionTest {

    private static final List<String> NODES = List.of("node1", "node2", "node3", "node4");

    @Test
    void theOrderOfTheCandidatesDoesNotMatter() {
        assertThat(Election.winner("192.0.2.1", NODES))
                .isEqualTo(Election.winner("192.0.2.1", NODES.reversed()));
        assertThat(Election.winner("192.0.2.1", List.of())).isNull();
    }

    @Test
    void addressesAreSpreadAndOnlyThoseOfALostNodeMove() {
        List<String> rest = new ArrayList<>(NODES);
        rest.remove("node2");
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            String address = "10.0." + i / 250 + "." + i % 250;
            String winner = Election.winner(address, NODES);
            counts.merge(String.valueOf(winner), 1, Integer::sum);
            if (!"node2".equals(winner)) {
                assertThat(Election.winner(address, rest)).isEqualTo(winner);
            }
        }

        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allMatch(count -> count > 150);
    }
}
