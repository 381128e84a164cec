package dev.penstock.l4.userspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.PacketModel;
import dev.penstock.l4.node.PacketModel.Fate;
import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.l4.node.RandomServices;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules, read as the kernel reads them, send every packet where the slow model says. */
class RulesPropertyTest {

    private static final int PLANS = 150;
    private static final int PACKETS = 60;

    private final RandomGenerator random = RandomGeneratorFactory.getDefault().create(20_261_124);
    private final RandomServices services = new RandomServices(random);
    private final NodePlanner planner =
            new NodePlanner(
                    RandomServices.settings(),
                    new UserspaceMode(UserspaceSettings.of(true)).algorithms());
    private final Map<Integer, List<Destination>> behind = new HashMap<>();

    /** Gives each virtual service its ports and remembers what is behind them. */
    private Map<VirtualServiceId, Redirect> redirects(NodePlan plan) {
        Map<VirtualServiceId, Redirect> redirects = new TreeMap<>();
        behind.clear();
        int next = 40_000;
        for (VirtualServiceId id : new TreeSet<>(plan.services().keySet())) {
            VirtualService service = plan.services().get(id);
            if (service == null || id.protocol() == Protocol.SCTP) {
                continue;
            }
            int cluster = Redirect.usesCluster(service) ? next++ : 0;
            int local = Redirect.usesLocal(service) ? next++ : 0;
            behind.put(cluster, Destination.takingNew(service.cluster()));
            behind.put(local, Destination.takingNew(service.local()));
            redirects.put(id, new Redirect(service, cluster, local));
        }
        behind.remove(0);
        return redirects;
    }

    private Object seen(String verdict) {
        return switch (verdict) {
            case RuleReader.NOT_OURS -> new Fate.NotOurs();
            case "drop" -> new Fate.Dropped();
            case "reject" -> new Fate.Rejected();
            default -> behind.getOrDefault(Integer.parseInt(verdict), List.of());
        };
    }

    private static Object wanted(NodePlan plan, Packet packet) {
        if (packet.protocol() == Protocol.SCTP) {
            return new Fate.NotOurs();
        }
        Fate fate = new PacketModel(plan).fate(packet);
        return fate instanceof Fate.Forwarded(List<Destination> to, boolean _) ? to : fate;
    }

    private NodePlan plan() {
        Map<ServiceName, Service> some = services.services(1 + random.nextInt(6));
        return planner.plan(RandomServices.of(some), services.facts());
    }

    @Test
    void nftablesSendsPacketsWhereTheModelSays() {
        int forwarded = 0;
        for (int i = 0; i < PLANS; i++) {
            NodePlan plan = plan();
            List<NftText.Element> elements = new ArrayList<>();
            redirects(plan)
                    .values()
                    .forEach(each -> elements.addAll(NftText.elements(each, plan.node())));
            String tables = NftText.tables(plan.node());
            RuleReader reader = new RuleReader(Set.copyOf(plan.node().addresses()));
            for (int p = 0; p < PACKETS; p++) {
                Packet packet = services.packet(plan);
                Object seen = seen(reader.nftables(tables, elements, packet));
                assertThat(seen).as("%s of %s", packet, plan).isEqualTo(wanted(plan, packet));
                forwarded += seen instanceof List ? 1 : 0;
            }
        }
        assertThat(forwarded).isGreaterThan(PLANS * PACKETS / 20);
    }

    @Test
    void iptablesSendsPacketsWhereTheModelSays() {
        int forwarded = 0;
        for (int i = 0; i < PLANS; i++) {
            NodePlan plan = plan();
            Map<IpFamily, String> scripts = new HashMap<>();
            Map<VirtualServiceId, Redirect> redirects = redirects(plan);
            for (IpFamily family : IpFamily.values()) {
                List<IptablesText.Rule> rules = new ArrayList<>();
                redirects.forEach((id, each) -> {
                    if (id.family() == family) {
                        rules.addAll(IptablesText.rules(each, plan.node()));
                    }
                });
                scripts.put(
                        family,
                        IptablesText.everything(family, plan.node(), rules, IptablesText.jumps()));
            }
            RuleReader reader = new RuleReader(Set.copyOf(plan.node().addresses()));
            for (int p = 0; p < PACKETS; p++) {
                Packet packet = services.packet(plan);
                String script = scripts.getOrDefault(IpFamily.of(packet.destination()), "");
                Object seen = seen(reader.iptables(script, packet));
                assertThat(seen).as("%s of %s", packet, plan).isEqualTo(wanted(plan, packet));
                forwarded += seen instanceof List ? 1 : 0;
            }
        }
        assertThat(forwarded).isGreaterThan(PLANS * PACKETS / 20);
    }

    @ParameterizedTest
    @EnumSource
    void changesEndInTheSameRulesAsAFreshStart(UserspaceKernelTest.Rules rules) throws Exception {
        NetworkNamespace.run(() -> {
            try (Redirects changed = rules.redirects();
                    Redirects fresh = rules.redirects()) {
                String missing = changed.missing();
                assumeTrue(missing == null, missing);
                Map<ServiceName, Service> all = services.services(6);
                NodeFacts facts = services.facts();
                NodePlan plan = planner.plan(RandomServices.of(all), facts);
                changed.replace(redirects(plan), facts);
                for (int i = 0; i < 25; i++) {
                    services.change(all, 6);
                    NodePlan next = planner.plan(RandomServices.of(all), facts);
                    Map<VirtualServiceId, Redirect> redirects = redirects(next);
                    // Ports are numbered anew: every service changes, and some more than that.
                    Set<VirtualServiceId> ids = new TreeSet<>(plan.services().keySet());
                    ids.addAll(next.services().keySet());
                    changed.update(ids, redirects);
                    plan = next;
                }
                long size = changed.size();
                Set<String> seen = ruleset();
                fresh.replace(redirects(plan), facts);
                assertThat(seen).isEqualTo(ruleset());
                assertThat(size).isEqualTo(fresh.size());
                assertThat(fresh.remove()).isTrue();
            }
        });
    }

    /**
     * The rules as a set: their order is that of the changes, and means nothing between Services.
     */
    private static Set<String> ruleset() throws Exception {
        Set<String> lines = new TreeSet<>();
        String all = Command.of("nft", "list", "ruleset").run();
        for (String program : List.of("iptables-legacy-save", "ip6tables-legacy-save")) {
            if (Command.exists(program)) {
                // Without the times and the counters, of which built-in chains have some.
                all += Command.of(program).run().replaceAll("(?m)^#.*|\\[\\d+:\\d+\\]", "");
            }
        }
        for (String line : all.split("\n|, ")) {
            lines.add(
                    line.replaceFirst("elements = \\{", "")
                            .replaceFirst("[,}] *$", "")
                            .replaceAll("counter packets \\d+ bytes \\d+", "")
                            .strip());
        }
        return lines;
    }
}
