package dev.penstock.l4.userspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.LiveEndpoint;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaglevChoiceTest {

    private static final int CLIENTS = 5000;
    private static final int DESTINATIONS = 10;

    private final DestinationChoice choice = new DestinationChoice(() -> null);

    @Test
    void aClientsPortDecidesAndEveryNodeDecidesAlike() {
        serve(choice, destinations(DESTINATIONS));
        DestinationChoice another = new DestinationChoice(() -> null);
        serve(another, destinations(DESTINATIONS));

        Map<Integer, String> first = byPort(choice);

        assertThat(byPort(choice)).isEqualTo(first);
        assertThat(byPort(another)).isEqualTo(first);
        Map<String, Long> shares =
                first.values().stream()
                        .collect(Collectors.groupingBy(each -> each, Collectors.counting()));
        assertThat(shares).hasSize(DESTINATIONS);
        assertThat(shares.values()).allSatisfy(share -> assertThat(share).isBetween(400L, 600L));
    }

    @Test
    void fewClientsMoveWhenADestinationGoes() {
        serve(choice, destinations(DESTINATIONS));
        Map<Integer, String> before = byPort(choice);
        String gone = destinations(DESTINATIONS).getLast().address();

        serve(choice, destinations(DESTINATIONS - 1));

        Map<Integer, String> after = byPort(choice);
        long moved =
                before.entrySet().stream()
                        .filter(entry -> !entry.getValue().startsWith(gone))
                        .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                        .count();
        assertThat(moved).isLessThan(CLIENTS / 20);
        assertThat(after.values()).noneMatch(each -> each.startsWith(gone));
    }

    @Test
    void aClientWhoseDestinationFailsIsSentToEachOtherOnce() {
        serve(choice, destinations(3));
        Collection<LiveEndpoint> tried = new HashSet<>();
        List<LiveEndpoint> chosen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            LiveEndpoint next = choice.begin(client(4000), tried);
            chosen.add(next);
            tried.add(next);
        }

        assertThat(chosen).doesNotHaveDuplicates().doesNotContainNull();
        // All have failed: it begins anew.
        assertThat(choice.begin(client(4000), tried)).isEqualTo(chosen.getFirst());
    }

    @Test
    void anAlgorithmThatChangesTakesEffect() {
        serve(choice, destinations(3));
        choice.update(destinations(3), Algorithm.ROUND_ROBIN);
        Collection<LiveEndpoint> nobody = List.of();

        assertThat(IntStream.range(0, 3).mapToObj(_ -> choice.begin(client(4000), nobody)).toList())
                .doesNotHaveDuplicates();

        serve(choice, destinations(3));
        assertThat(choice.begin(client(4000), nobody))
                .isEqualTo(choice.begin(client(4000), nobody));
        serve(choice, List.of());
        assertThat(choice.begin(client(4000), nobody)).isNull();
    }

    private static void serve(DestinationChoice choice, List<Destination> destinations) {
        choice.update(destinations, Algorithm.MAGLEV);
    }

    private static Map<Integer, String> byPort(DestinationChoice choice) {
        Map<Integer, String> chosen = new TreeMap<>();
        for (int port = 10_000; port < 10_000 + CLIENTS; port++) {
            chosen.put(port, String.valueOf(choice.begin(client(port), List.of())));
        }
        return chosen;
    }

    private static InetSocketAddress client(int port) {
        return new InetSocketAddress("10.0.0.1", port);
    }

    private static List<Destination> destinations(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Destination("10.244.0." + (i + 1), 8080, true, 1))
                .toList();
    }
}
