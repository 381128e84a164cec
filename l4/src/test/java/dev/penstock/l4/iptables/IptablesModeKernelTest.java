package dev.penstock.l4.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.iptables.Iptables.Backend;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.RandomServices;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mode against this machine's kernel, in a network namespace of the test's own. */
class IptablesModeKernelTest {

    private static final String FOREIGN =
            """
            *nat
            :MINE - [0:0]
            -A MINE -j RETURN
            -A PREROUTING -j MINE
            COMMIT
            *filter
            :KUBE-FIREWALL - [0:0]
            -A INPUT -j KUBE-FIREWALL
            -A FORWARD -p udp -j ACCEPT
            COMMIT
            """;

    private static final String REFUSED =
            """
            *nat
            :PENSTOCK-SERVICES - [0:0]
            -A PENSTOCK-SERVICES -j REJECT
            COMMIT
            """;

    private final RandomServices random = new RandomServices(new Random(7));
    private final NodePlanner planner =
            new NodePlanner(RandomServices.settings(), new IptablesMode().algorithms());
    private final NodeFacts facts = random.facts();

    @ParameterizedTest
    @EnumSource
    void changesLeadToTheRulesOfAFullApply(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    IptablesMode mode = new IptablesMode(backend);
                    Map<ServiceName, Service> services = random.services(12);
                    NodePlan plan = plan(services);
                    for (int i = 0; i < 20; i++) {
                        mode.apply(plan);
                        random.change(services, 12);
                        plan = plan(services);
                    }
                    mode.apply(plan);
                    String changed = rules(backend);
                    new IptablesMode(backend).remove();
                    new IptablesMode(backend).apply(plan);
                    assertThat(rules(backend)).isEqualTo(changed);
                });
    }

    @ParameterizedTest
    @EnumSource
    void restartWritesNothing(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    NodePlan plan = plan(random.services(12));
                    assertThat(new IptablesMode(backend).apply(plan).operations()).isPositive();
                    assertThat(new IptablesMode(backend).apply(plan).operations()).isZero();
                });
    }

    @ParameterizedTest
    @EnumSource
    void restartWritesOnlyWhatChangedMeanwhile(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    Map<ServiceName, Service> services = random.services(12);
                    int all = new IptablesMode(backend).apply(plan(services)).operations();
                    random.change(services, 12);
                    IptablesMode mode = new IptablesMode(backend);
                    assertThat(mode.apply(plan(services)).operations()).isBetween(1, all / 2);
                    assertThat(mode.isIntact()).isTrue();
                });
    }

    @ParameterizedTest
    @EnumSource
    void removalLeavesForeignRulesAsTheyWere(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    for (IpFamily family : IpFamily.values()) {
                        Iptables.of(family, backend).restore(FOREIGN);
                    }
                    String before = rules(backend);
                    IptablesMode mode = new IptablesMode(backend);
                    assertThat(mode.remove()).isFalse();
                    mode.apply(plan(random.services(12)));
                    assertThat(rules(backend)).isNotEqualTo(before);
                    assertThat(new IptablesMode(backend.other()).remove()).isTrue();
                    assertThat(rules(backend)).isEqualTo(before);
                });
    }

    @ParameterizedTest
    @EnumSource
    void seesAndMendsWhatSomebodyElseRemoved(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    IptablesMode mode = new IptablesMode(backend);
                    NodePlan plan = plan(random.services(12));
                    mode.apply(plan);
                    String wanted = rules(backend);
                    assertThat(mode.isIntact()).isTrue();
                    for (String command :
                            new String[] {
                                "*nat\n-F PREROUTING\nCOMMIT\n",
                                "*filter\n-F\n-X\nCOMMIT\n",
                                "*nat\n-F PENSTOCK-SERVICES\nCOMMIT\n"
                            }) {
                        Iptables.of(IpFamily.IPV4, backend).restore(command);
                        assertThat(mode.isIntact()).as(command).isFalse();
                        mode.apply(plan);
                        assertThat(rules(backend)).as(command).isEqualTo(wanted);
                        assertThat(mode.isIntact()).isTrue();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void refusedInputLeavesTheFormerRules(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    IptablesMode mode = new IptablesMode(backend);
                    mode.apply(plan(random.services(12)));
                    String before = rules(backend);
                    assertThatExceptionOfType(RulesException.class)
                            .isThrownBy(() -> Iptables.of(IpFamily.IPV4, backend).restore(REFUSED));
                    assertThat(rules(backend)).isEqualTo(before);
                });
    }

    @Test
    void removalLeavesNoTablesThatWereNotThere() throws Exception {
        assumeTrue(Command.exists("nft"), "needs nft");
        for (String foreign :
                List.of(
                        "",
                        "table ip nat { chain PREROUTING { type nat hook prerouting"
                                + " priority dstnat; }; }",
                        "table ip6 filter { }")) {
            run(
                    Backend.NFT,
                    () -> {
                        Command.of("nft", "-f", "-").run(foreign);
                        String before = Command.of("nft", "list", "ruleset").run();
                        IptablesMode mode = new IptablesMode(Backend.NFT);
                        mode.apply(plan(random.services(12)));
                        mode.apply(plan(random.services(12)));
                        assertThat(new IptablesMode().remove()).isTrue();
                        assertThat(Command.of("nft", "list", "ruleset").run()).isEqualTo(before);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void thisMachineLacksNothing(Backend backend) throws Exception {
        run(
                backend,
                () -> {
                    assertThat(new IptablesMode(backend).missing()).isNull();
                    assertThat(new IptablesMode(backend).remove()).isFalse();
                });
    }

    @Test
    void removalLeavesTablesThatSomebodyElseUsesByNow() throws Exception {
        run(
                Backend.NFT,
                () -> {
                    IptablesMode mode = new IptablesMode(Backend.NFT);
                    mode.apply(plan(random.services(12)));
                    Iptables iptables = Iptables.of(IpFamily.IPV4, Backend.NFT);
                    iptables.restore("*nat\n-A PREROUTING -j RETURN\nCOMMIT\n");
                    iptables.restore("*filter\n:FORWARD DROP [0:0]\nCOMMIT\n");
                    mode.remove();
                    assertThat(iptables.save("nat")).contains("-A PREROUTING -j RETURN");
                    assertThat(iptables.save("filter")).contains(":FORWARD DROP");
                });
    }

    @ParameterizedTest
    @EnumSource
    void nodePortsOnLocalhostTurnTheSwitchOnAndRemovalTurnsItBack(Backend backend)
            throws Exception {
        run(
                backend,
                () -> {
                    NodeFacts localhost =
                            new NodeFacts(List.of(), List.of(), false, true, List.of());
                    Path routeLocalnet = Path.of("/proc/sys/net/ipv4/conf/all/route_localnet");
                    Map<ServiceName, Service> services = random.services(12);
                    NodePlan plan = planner.plan(RandomServices.of(services), localhost);
                    new IptablesMode(backend).apply(plan);
                    assertThat(routeLocalnet).hasContent("1");
                    assertThat(rules(backend)).contains("block incoming localnet connections");
                    IptablesMode mode = new IptablesMode(backend);
                    mode.apply(plan);
                    Files.writeString(routeLocalnet, "0");
                    assertThat(mode.isIntact()).isFalse();
                    mode.apply(plan);
                    assertThat(routeLocalnet).hasContent("1");
                    mode.apply(plan(services));
                    assertThat(routeLocalnet).hasContent("0");
                    assertThat(rules(backend))
                            .doesNotContain("block incoming localnet connections");
                    mode.apply(plan);
                    assertThat(rules(backend)).contains("route_localnet was 0");
                    assertThat(new IptablesMode(backend).remove()).isTrue();
                    assertThat(routeLocalnet).hasContent("0");
                });
    }

    @ParameterizedTest
    @EnumSource
    void failedApplyLeavesTheFormerRulesAndTheNextOneMakesUpForIt(Backend backend)
            throws Exception {
        run(
                backend,
                () -> {
                    IptablesMode mode = new IptablesMode(backend);
                    mode.apply(NodePlans.of(NodePlans.service(1, "10.244.0.2")));
                    String before = rules(backend);
                    assertThatExceptionOfType(RulesException.class)
                            .isThrownBy(() ->
                                    mode.apply(
                                            NodePlans.of(
                                                    NodePlans.service(1, "10.244.0.3"),
                                                    NodePlans.service(2, "10.244.0.256"))))
                            .withMessageContaining("10.244.0.256");
                    assertThat(rules(backend)).isEqualTo(before);
                    mode.apply(
                            NodePlans.of(
                                    NodePlans.service(1, "10.244.0.3"),
                                    NodePlans.service(2, "10.244.0.4")));
                    assertThat(rules(backend))
                            .contains(
                                    "--to-destination 10.244.0.3:80",
                                    "--to-destination 10.244.0.4:80")
                            .doesNotContain("--to-destination 10.244.0.2:80");
                });
    }

    private NodePlan plan(Map<ServiceName, Service> services) {
        return planner.plan(RandomServices.of(services), facts);
    }

    private static void run(Backend backend, NetworkNamespace.Body body) throws Exception {
        for (IpFamily family : IpFamily.values()) {
            Iptables iptables = Iptables.of(family, backend);
            assumeTrue(iptables.exists(), "needs " + iptables.program());
        }
        NetworkNamespace.run(body);
    }

    /** All rules of both families, chains sorted, without counters and comments. */
    private static String rules(Backend backend) throws RulesException {
        StringBuilder text = new StringBuilder();
        for (IpFamily family : IpFamily.values()) {
            for (String table : new String[] {"nat", "filter"}) {
                String saved = Iptables.of(family, backend).save(table);
                saved.lines()
                        .filter(line -> line.startsWith(":") || line.startsWith("-A"))
                        .map(line -> line.replaceFirst("^:(\\S+ \\S+).*", ":  $1"))
                        .sorted(Comparator.comparing(line -> line.split(" +", 3)[1]))
                        .forEach(line -> text.append(table).append(' ').append(line).append('\n'));
            }
        }
        return text.toString();
    }
}
