package dev.penstock.l4.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.RandomServices;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mode against this machine's kernel, in network namespaces of its own. */
final class NftablesModeTest {

    private static final String FOREIGN =
            """
            table ip penstock-not-ours {
            \tset services {
            \t\ttype ipv4_addr
            \t\telements = { 10.96.0.1 }
            \t}

            \tchain services {
            \t\ttype filter hook forward priority filter; policy accept;
            \t\tip daddr @services counter packets 0 bytes 0 accept
            \t}
            }
            """;

    @BeforeAll
    static void needsNftables() throws Exception {
        assumeTrue(Command.exists("nft"), "the tests read rules with the command nft");
        String missing = NetworkNamespace.call(() -> String.valueOf(new NftablesMode().missing()));
        assumeTrue(missing.equals("null"), missing);
    }

    @Test
    void aRehearsalMakesAsMuchAsTheFirstSyncAndSendsNothing() throws Exception {
        NodePlan plan = new Scenario(1).plan();
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                String before = ruleset();
                int rehearsed = mode.rehearse(plan);
                assertThat(ruleset()).isEqualTo(before);
                assertThat(mode.apply(plan).operations()).isEqualTo(rehearsed);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void changesMakeWhatTheirSumWouldMake(long seed) throws Exception {
        Scenario scenario = new Scenario(seed);
        String changed =
                NetworkNamespace.call(() -> {
                    try (NftablesMode mode = new NftablesMode()) {
                        mode.apply(scenario.plan());
                        for (int i = 0; i < 20; i++) {
                            scenario.change();
                            mode.apply(scenario.plan());
                        }
                        // As somebody else changed rules, ours are looked at.
                        Command.of("nft", "add", "table", "ip", "other").run();
                        Command.of("nft", "delete", "table", "ip", "other").run();
                        assertThat(mode.isIntact()).isTrue();
                        return ruleset();
                    }
                });

        String made =
                NetworkNamespace.call(() -> {
                    try (NftablesMode mode = new NftablesMode()) {
                        mode.apply(scenario.plan());
                        return ruleset();
                    }
                });

        assertThat(changed).isEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aRestartWritesNothing(long seed) throws Exception {
        Scenario scenario = new Scenario(seed);
        NetworkNamespace.run(() -> {
            NodePlan plan = scenario.plan();
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(plan);
            }
            String before = ruleset();

            try (NftablesMode mode = new NftablesMode()) {
                assertThat(mode.apply(plan)).isEqualTo(new Applied(true, 0));
                assertThat(ruleset()).isEqualTo(before);
                assertThat(mode.apply(plan)).isEqualTo(Applied.NOTHING);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void aRestartWritesWhatChangedMeanwhile(long seed) throws Exception {
        Scenario scenario = new Scenario(seed);
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(scenario.plan());
            }
            for (int i = 0; i < 5; i++) {
                scenario.change();
            }
            NodePlan plan = scenario.plan();
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(plan);
                assertThat(mode.isIntact()).isTrue();
            }
            String restarted = ruleset();

            Command.of("nft", "flush", "ruleset").run();
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(plan);
            }
            assertThat(restarted).isEqualTo(ruleset());
        });
    }

    @Test
    void removesEverythingItMadeAndNothingElse() throws Exception {
        Scenario scenario = new Scenario(31);
        NetworkNamespace.run(() -> {
            Command.of("nft", "-f", "-").run(FOREIGN);
            String before = ruleset();
            try (NftablesMode mode = new NftablesMode()) {
                assertThat(mode.remove()).isFalse();
                mode.apply(scenario.plan());
                assertThat(ruleset()).isNotEqualTo(before);

                assertThat(mode.remove()).isTrue();

                assertThat(ruleset()).isEqualTo(before);
                assertThat(mode.remove()).isFalse();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete table ip penstock",
                "delete table ip6 penstock",
                "flush table ip penstock",
                "flush chain ip penstock nat-output",
                "flush map ip penstock destinations",
                "flush map ip6 penstock services",
                "flush set ip penstock hairpin",
                "flush ruleset"
            })
    void noticesAndMendsWhatSomebodyBroke(String harm) throws Exception {
        Scenario scenario = new Scenario(41);
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                NodePlan plan = scenario.plan();
                mode.apply(plan);
                String whole = ruleset();
                Command.of("nft", "-f", "-").run(FOREIGN);
                assertThat(mode.isIntact()).isTrue();
                Command.of("nft", "delete", "table", "ip", "penstock-not-ours").run();

                Command.of("nft", harm).run();

                assertThat(mode.isIntact()).isFalse();
                assertThat(mode.apply(plan).full()).isTrue();
                assertThat(ruleset()).isEqualTo(whole);
                assertThat(mode.isIntact()).isTrue();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Each leaves as many elements as there were.
                "destinations { 10.96.0.1 . tcp . 80 . 0 : 10.244.0.9 . 8080 }",
                "services { 10.96.0.1 . tcp . 80 : drop }",
                "hairpin { 10.244.0.2 . 10.244.0.9 }"
            })
    void noticesAndMendsAnElementThatSomebodyReplaced(String element) throws Exception {
        NodePlan plan = TestPlans.of(TestPlans.service("one", "10.96.0.1", "10.244.0.2"));
        String collection = element.substring(0, element.indexOf(' '));
        String key =
                collection.equals("hairpin")
                        ? "10.244.0.2 . 10.244.0.2"
                        : element.substring(element.indexOf('{') + 1, element.indexOf(" :"));
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(plan);
                String whole = ruleset();
                Command.of("nft", "-f", "-")
                        .run(
                                """
                                delete element ip penstock %s { %s }
                                add element ip penstock %s
                                """
                                        .formatted(collection, key, element));
                assertThat(ruleset()).isNotEqualTo(whole);

                assertThat(mode.isIntact()).isFalse();

                assertThat(mode.apply(plan).full()).isTrue();
                assertThat(ruleset()).isEqualTo(whole);
                assertThat(mode.isIntact()).isTrue();
            }
        });
    }

    @Test
    void noticesWhatSomebodyTookAwayBeforeAChangeOfOurs() throws Exception {
        NodePlan one = TestPlans.of(TestPlans.service("one", "10.96.0.1", "10.244.0.2"));
        NodePlan two =
                TestPlans.of(
                        TestPlans.service("one", "10.96.0.1", "10.244.0.2"),
                        TestPlans.service("two", "10.96.0.2", "10.244.0.4"));
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(one);
                assertThat(mode.isIntact()).isTrue();
                Command.of("nft", "flush", "map", "ip", "penstock", "destinations").run();

                mode.apply(two);

                assertThat(mode.isIntact()).isFalse();
                assertThat(mode.apply(two).full()).isTrue();
                assertThat(mode.isIntact()).isTrue();
            }
        });
    }

    @Test
    void aTableOfAnotherLayoutIsReplaced() throws Exception {
        Scenario scenario = new Scenario(51);
        NetworkNamespace.run(() -> {
            NodePlan plan = scenario.plan();
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(plan);
            }
            String wanted = ruleset();
            Command.of("nft", "flush", "ruleset").run();
            Command.of("nft", "-f", "-")
                    .run(
                            """
                            table ip penstock {
                                comment "penstock schema 0"
                                set services { type ipv4_addr; }
                                chain services { ip saddr @services drop; }
                            }
                            """);

            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(plan);
            }

            // A script that makes the table has to say which protocols have ports.
            assertThat(ruleset().replace("meta l4proto { tcp, udp, sctp } ", "")).isEqualTo(wanted);
            try (NftablesMode mode = new NftablesMode()) {
                assertThat(mode.apply(plan)).isEqualTo(new Applied(true, 0));
            }
        });
    }

    @Test
    void whatFailsLeavesTheRulesAsTheyWereAndIsMendedNext() throws Exception {
        NodePlan one = TestPlans.of(TestPlans.service("one", "10.96.0.1", "10.244.0.2"));
        NodePlan two =
                TestPlans.of(
                        TestPlans.service("one", "10.96.0.1", "10.244.0.3"),
                        TestPlans.service("two", "10.96.0.2", "10.244.0.4"));
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                mode.apply(one);
                // Somebody else's element: ours for the same key is refused.
                Command.of(
                                "nft",
                                "add element ip penstock services { 10.96.0.2 . tcp . 80 : drop }")
                        .run();
                String before = ruleset();

                assertThatThrownBy(() -> mode.apply(two))
                        .isInstanceOf(RulesException.class)
                        .hasMessageMatching("nft: .*File exists.*services.*");
                assertThat(ruleset()).isEqualTo(before);
                assertThat(mode.isIntact()).isFalse();

                assertThat(mode.apply(two).full()).isTrue();
                assertThat(Command.of("nft", "list", "map", "ip", "penstock", "services").run())
                        .contains("10.96.0.2 . tcp . 80 : goto cluster-random-1")
                        .doesNotContain("drop");
            }
        });
    }

    @Test
    void aChangeSendsOnlyWhatChanged() throws Exception {
        NetworkNamespace.run(() -> {
            try (NftablesMode mode = new NftablesMode()) {
                NodePlan one =
                        TestPlans.of(
                                TestPlans.service("one", "10.96.0.1", "10.244.0.2", "10.244.0.3"));
                mode.apply(one);

                // One slot out, one in, and the hairpin of each.
                assertThat(
                                mode.apply(
                                        TestPlans.of(
                                                TestPlans.service(
                                                        "one",
                                                        "10.96.0.1",
                                                        "10.244.0.2",
                                                        "10.244.0.4"))))
                        .isEqualTo(new Applied(false, 4));
                assertThat(mode.apply(one)).isEqualTo(new Applied(false, 4));
            }
        });
    }

    /** The rules of the namespace, with tables, chains and elements in alphabetical order. */
    private static String ruleset() throws Exception {
        String text = Command.of("nft", "-s", "list", "ruleset").run();
        String joined = Pattern.compile(",\\s+").matcher(text).replaceAll(", ");
        return Stream.of(joined.split("(?m)^}\n"))
                .map(NftablesModeTest::sortedTable)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static String sortedTable(String table) {
        return Stream.of(table.split("\n\n"))
                .map(String::strip)
                .map(block ->
                        block.lines()
                                .map(line ->
                                        line.strip().startsWith("elements = {")
                                                ? sorted(line)
                                                : line)
                                .collect(Collectors.joining("\n")))
                // The first block has the table's name.
                .sorted(
                        Comparator.comparing((String block) -> !block.startsWith("table"))
                                .thenComparing(Comparator.naturalOrder()))
                .collect(Collectors.joining("\n"));
    }

    private static String sorted(String line) {
        String elements = line.substring(line.indexOf('{') + 1, line.lastIndexOf('}'));
        return Stream.of(elements.split(","))
                .map(String::strip)
                .sorted()
                .collect(Collectors.joining("\n  "));
    }

    /** Services that change at random, and what they mean for a node. */
    private static final class Scenario {

        private static final int COUNT = 12;

        private final RandomServices random;
        private final Map<ServiceName, Service> services;
        private final NodePlanner planner =
                new NodePlanner(RandomServices.settings(), new NftablesMode().algorithms());
        private NodeFacts facts;

        Scenario(long seed) {
            random = new RandomServices(new Random(seed));
            services = random.services(COUNT);
            facts = random.facts();
        }

        NodePlan plan() {
            return planner.plan(RandomServices.of(services), facts);
        }

        void change() {
            random.change(services, COUNT);
            if (services.size() % 5 == 0) {
                facts = random.facts();
            }
        }
    }
}
