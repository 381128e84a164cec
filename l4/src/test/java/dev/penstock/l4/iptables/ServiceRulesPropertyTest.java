package dev.penstock.l4.iptables;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.l4.iptables.RuleInterpreter.End;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.PacketModel;
import dev.penstock.l4.node.PacketModel.Fate;
import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.l4.node.RandomServices;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules, walked by a small model, send packets where the plan says. */
class ServiceRulesPropertyTest {

    private static final int SERVICES = 12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void rulesDoWhatThePlanSaysAfterEveryChange(long seed) {
        RandomServices random = new RandomServices(new Random(seed));
        boolean hasHairpinMatch = seed % 3 != 0;
        Set<Algorithm> algorithms = new IptablesMode().algorithms();
        NodePlanner planner = new NodePlanner(RandomServices.settings(), algorithms);
        NodeFacts facts = random.facts();
        Map<ServiceName, Service> services = random.services(SERVICES);
        NodePlan plan = planner.plan(RandomServices.of(services), facts);
        Map<IpFamily, WantedRules> rules = new EnumMap<>(IpFamily.class);
        for (IpFamily family : IpFamily.values()) {
            rules.put(family, new WantedRules(family, facts, hasHairpinMatch, Notes.none()));
        }
        NodePlan before = NodePlan.EMPTY;
        for (int change = 0; change < 25; change++) {
            Map<IpFamily, Map<Chain, List<String>>> chains =
                    change(rules, before, plan, hasHairpinMatch);
            for (int i = 0; i < 150; i++) {
                Packet packet = random.packet(plan);
                IpFamily family = IpFamily.of(packet.destination());
                compare(
                        plan,
                        packet,
                        new RuleInterpreter(
                                requireNonNull(chains.get(family)),
                                requireNonNull(rules.get(family)).hooks(),
                                facts.addresses()));
            }
            before = plan;
            random.change(services, SERVICES);
            plan = planner.plan(RandomServices.of(services), facts);
        }
    }

    /** Brings the rules from one plan to the next, and compares them with new ones. */
    private static Map<IpFamily, Map<Chain, List<String>>> change(
            Map<IpFamily, WantedRules> rules, NodePlan before, NodePlan plan, boolean hasMatch) {
        plan.changedSince(before)
                .forEach(id ->
                        requireNonNull(rules.get(id.family())).set(id, plan.services().get(id)));
        Map<IpFamily, Map<Chain, List<String>>> chains = new EnumMap<>(IpFamily.class);
        rules.forEach((family, wanted) -> {
            WantedRules anew = new WantedRules(family, plan.node(), hasMatch, Notes.none());
            plan.services()
                    .forEach((id, service) -> {
                        if (id.family() == family) {
                            anew.set(id, service);
                        }
                    });
            assertThat(wanted.all()).isEqualTo(anew.all());
            wanted.all()
                    .keySet()
                    .forEach(chain -> {
                        assertThat(chain.name()).hasSizeLessThanOrEqualTo(ChainNames.LENGTH_MAX);
                        assertThat(ChainNames.isOurs(chain.name())).as(chain.name()).isTrue();
                    });
            chains.put(family, wanted.all());
        });
        return chains;
    }

    private static void compare(NodePlan plan, Packet packet, RuleInterpreter interpreter) {
        Fate fate = new PacketModel(plan).fate(packet);
        Map<End, Double> ends = interpreter.ends(packet);
        String what = packet + " has " + ends + ", wanted " + fate;
        switch (fate) {
            case Fate.NotOurs _ ->
                    assertThat(ends.keySet()).as(what).containsExactly(new End("", "", false));
            case Fate.Rejected _ ->
                    assertThat(ends.keySet())
                            .as(what)
                            .containsExactly(new End("REJECT", "", false));
            case Fate.Dropped _ ->
                    assertThat(ends.keySet()).as(what).containsExactly(new End("DROP", "", false));
            case Fate.Forwarded forwarded -> {
                Set<End> wanted = new HashSet<>();
                for (Destination to : forwarded.to()) {
                    wanted.add(
                            new End(
                                    "",
                                    to.address() + " " + to.port(),
                                    forwarded.masquerades(packet, to)));
                }
                assertThat(ends.keySet()).as(what).isEqualTo(wanted);
                assertThat(ends.values().stream().mapToDouble(Double::doubleValue).sum())
                        .as(what)
                        .isCloseTo(1, within(1e-6));
            }
        }
    }
}
