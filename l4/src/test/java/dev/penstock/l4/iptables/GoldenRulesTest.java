package dev.penstock.l4.iptables;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Services and the input that {@code iptables-restore} gets for them, in files. {@code
 * -Dgolden.update=true} writes the files.
 */
class GoldenRulesTest {

    private static final Path FILES = Path.of("src/test/resources/dev/penstock/l4/iptables");

    private static final Duration AFFINITY = Duration.ofHours(3);

    @Test
    void servicesWithClusterAddresses() throws Exception {
        check(
                "cluster",
                IpFamily.IPV4,
                true,
                NodePlans.service(1, "10.244.0.2"),
                NodePlans.service(2, "10.244.0.2", "10.244.0.3", "10.244.0.4"),
                NodePlans.service(17));
    }

    @Test
    void algorithmsAndAffinity() throws Exception {
        String[] pods = {"fd00:244::2", "fd00:244::3", "fd00:244::4"};
        check(
                "algorithms",
                IpFamily.IPV6,
                true,
                NodePlans.service(
                        "turns", Algorithm.ROUND_ROBIN, null, Protocol.TCP, "fd00:96::1", pods),
                NodePlans.service(
                        "weights", Algorithm.WEIGHTED, null, Protocol.SCTP, "fd00:96::2", pods),
                NodePlans.service("sticky", null, AFFINITY, Protocol.UDP, "fd00:96::3", pods));
    }

    @Test
    void endpointsHaveChainsWhereTheKernelHasNoBpfMatch() throws Exception {
        check(
                "without-bpf",
                IpFamily.IPV4,
                false,
                NodePlans.service(1, "10.244.0.2", "10.244.0.3"));
    }

    @Test
    void externalAddressesAndNodePorts() throws Exception {
        check(
                "external",
                IpFamily.IPV4,
                true,
                NodePlans.balanced("any", 1, TrafficPolicy.CLUSTER, 2),
                NodePlans.balanced("local", 2, TrafficPolicy.LOCAL, 2),
                NodePlans.balanced("none", 3, TrafficPolicy.CLUSTER, 0));
    }

    private static void check(
            String name, IpFamily family, boolean hasHairpinMatch, VirtualService... services)
            throws Exception {
        NodePlan plan = NodePlans.of(services);
        WantedRules wanted = new WantedRules(family, plan.node(), hasHairpinMatch, Notes.none());
        plan.services().forEach(wanted::set);
        RestoreInput input = new RestoreInput();
        wanted.takeChanged().stream()
                .sorted()
                .forEach(chain -> input.chain(chain, requireNonNull(wanted.rules(chain))));
        wanted.hooks().forEach((chain, rules) -> rules.forEach(rule -> input.hook(chain, rule)));
        Path file = FILES.resolve(name + ".rules");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(FILES);
            Files.writeString(file, input.text());
        }
        assertThat(input.text()).isEqualTo(Files.readString(file));
    }
}
