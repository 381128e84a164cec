package dev.penstock.l4.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.PacketModel;
import dev.penstock.l4.node.PacketModel.Fate;
import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.l4.node.RandomServices;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlansTest {

    private static final int SERVICES = 8;

    @Test
    void rulesSetsAndServersTreatEveryPacketAsTheModelDoes() {
        int forwarded = 0;
        for (int seed = 0; seed < 60; seed++) {
            RandomServices random =
                    new RandomServices(RandomGeneratorFactory.getDefault().create(seed));
            NodePlanner planner = planner();
            NodeFacts facts = random.facts();
            Map<ServiceName, Service> services = random.services(SERVICES);
            Plans plans = new Plans(_ -> Scheduler.named("rr"), Map.of());
            for (int step = 0; step < 4; step++) {
                NodePlan plan = planner.plan(RandomServices.of(services), facts);
                plans.change(plan);
                RulesModel rules = new RulesModel(plans.target(), facts);
                PacketModel model = new PacketModel(plan);
                for (int i = 0; i < 60; i++) {
                    Packet packet = random.packet(plan);
                    // Only the node sends from an address of a Service: its own rules say so.
                    if (!plans.target().hasAddress(packet.source())) {
                        forwarded += check(packet, model.fate(packet), rules, facts) ? 1 : 0;
                    }
                }
                random.change(services, SERVICES);
            }
        }
        assertThat(forwarded).isGreaterThan(1000);
    }

    private static boolean check(Packet packet, Fate fate, RulesModel rules, NodeFacts facts) {
        boolean fromNode = facts.addresses().contains(packet.source());
        RulesModel.Outcome outcome = rules.send(packet, fromNode);
        switch (fate) {
            case Fate.Dropped _ -> assertThat(outcome.verdict()).as("%s", packet).isEqualTo("DROP");
            case Fate.Rejected _ ->
                    assertThat(outcome.verdict()).as("%s", packet).isEqualTo("REJECT");
            case Fate.NotOurs _ ->
                    // What is no service on an address of our link is refused.
                    assertThat(outcome.verdict()).as("%s", packet).isIn("NOT OURS", "REJECT");
            case Fate.Forwarded forwarded -> {
                assertThat(outcome.destinations())
                        .as("%s %s", packet, outcome)
                        .isEqualTo(
                                forwarded.to().stream()
                                        .map(to -> new RealServer(to.address(), to.port()))
                                        .collect(
                                                Collectors
                                                        .<RealServer, Set<RealServer>>toCollection(
                                                                HashSet::new)));
                // The node's own packets have its address anyway, unless they go to a link address.
                if (!fromNode) {
                    assertThat(outcome.masquerade())
                            .as("%s", packet)
                            .isEqualTo(forwarded.masquerade());
                }
                return true;
            }
        }
        return false;
    }

    private static NodePlanner planner() {
        return new NodePlanner(
                RandomServices.settings(), new IpvsMode(IpvsSettings.DEFAULT).algorithms());
    }
}
