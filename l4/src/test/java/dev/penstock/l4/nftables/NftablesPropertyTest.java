package dev.penstock.l4.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.PacketModel;
import dev.penstock.l4.node.PacketModel.Fate;
import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.l4.node.RandomServices;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules, interpreted, send every packet where kube-proxy's semantics send it. */
final class NftablesPropertyTest {

    private static final int SERVICES = 10;
    private static final int CHANGES = 15;
    private static final int PACKETS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void packetsGoWhereTheModelSaysAfterEveryChange(long seed) {
        RandomServices random = new RandomServices(new Random(seed));
        Map<ServiceName, Service> services = random.services(SERVICES);
        NodeFacts facts = random.facts();
        NodePlanner planner =
                new NodePlanner(RandomServices.settings(), new NftablesMode().algorithms());
        NodePlan plan = planner.plan(RandomServices.of(services), facts);
        ModelKernel kernel = new ModelKernel();
        kernel.apply(plan);
        check(kernel.rules(), plan, random);
        for (int i = 0; i < CHANGES; i++) {
            random.change(services, SERVICES);
            facts = i % 5 == 4 ? random.facts() : facts;
            plan = planner.plan(RandomServices.of(services), facts);

            kernel.apply(plan);

            check(kernel.rules(), plan, random);
            ModelKernel fresh = new ModelKernel();
            fresh.apply(plan);
            assertThat(kernel.rules().text()).isEqualTo(fresh.rules().text());
        }
    }

    private static void check(RulesetModel rules, NodePlan plan, RandomServices random) {
        PacketModel model = new PacketModel(plan);
        for (int i = 0; i < PACKETS; i++) {
            Packet packet = random.packet(plan);
            Set<String> expected = expected(model.fate(packet), packet);
            boolean isUnknownPort =
                    expected.equals(Set.of("not ours"))
                            && plan.services().values().stream()
                                    .anyMatch(service ->
                                            packet.destination().equals(service.clusterIp()));
            assertThat(rules.fates(packet, plan.node().addresses()))
                    .as(() -> packet + " with " + plan)
                    .isEqualTo(isUnknownPort ? Set.of("rejected") : expected);
        }
    }

    private static Set<String> expected(Fate fate, Packet packet) {
        return switch (fate) {
            case Fate.NotOurs() -> Set.of("not ours");
            case Fate.Rejected() -> Set.of("rejected");
            case Fate.Dropped() -> Set.of("dropped");
            case Fate.Forwarded forwarded ->
                    forwarded.to().stream()
                            .map(destination -> text(forwarded, packet, destination))
                            .collect(Collectors.toSet());
        };
    }

    private static String text(Fate.Forwarded fate, Packet packet, Destination destination) {
        return destination.address()
                + " "
                + destination.port()
                + (fate.masquerades(packet, destination) ? " masqueraded" : "");
    }
}
