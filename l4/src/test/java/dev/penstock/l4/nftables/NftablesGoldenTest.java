package dev.penstock.l4.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The script for a plan that has one of everything, and for a change of it. */
final class NftablesGoldenTest {

    private static final Path FOLDER = Path.of("src/test/resources/nftables");

    @Test
    void aPlanWithOneOfEverything() throws IOException {
        compare("everything.nft", new ModelKernel().apply(everything("10.244.1.2")));
    }

    @Test
    void aDestinationOfItIsReplaced() throws IOException {
        ModelKernel kernel = new ModelKernel();
        kernel.apply(everything("10.244.1.2"));

        compare("change.nft", kernel.apply(everything("10.244.1.9")));
    }

    private static NodePlan everything(String destination) {
        VirtualService web =
                TestPlans.service("web", "10.96.0.10", "10.244.0.2", destination, "10.244.1.3");
        return TestPlans.of(
                web,
                TestPlans.withAffinity(
                        TestPlans.service("sticky", "10.96.0.11", "10.244.0.3", "10.244.1.4"),
                        Duration.ofHours(3),
                        30_011),
                TestPlans.withAlgorithm(
                        TestPlans.service("turns", "10.96.0.12", "10.244.0.4", "10.244.1.5"),
                        Algorithm.ROUND_ROBIN),
                TestPlans.service("nobody", "10.96.0.13"),
                TestPlans.service("six", "fd00:96::10", "fd00:244::2"),
                balanced());
    }

    /** Policies Local, an external address, a load balancer with ranges, weights. */
    private static VirtualService balanced() {
        Destination here = new Destination("10.244.0.5", 53, true, 1);
        Destination there = new Destination("10.244.1.6", 53, false, 2);
        return new VirtualService(
                new VirtualServiceId(
                        new ServiceName("default", "dns"), "dns", Protocol.UDP, IpFamily.IPV4),
                53,
                "10.96.0.14",
                List.of("198.51.100.1"),
                List.of("198.51.100.2"),
                30_014,
                List.of(Cidr.parse("203.0.113.0/24"), Cidr.parse("192.168.0.0/16")),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.LOCAL,
                null,
                Algorithm.WEIGHTED,
                null,
                List.of(here, there),
                List.of(here));
    }

    private static void compare(String name, String script) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, script);
        }
        assertThat(script).isEqualTo(Files.readString(file));
    }
}
