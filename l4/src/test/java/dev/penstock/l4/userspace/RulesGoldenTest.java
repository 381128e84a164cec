package dev.penstock.l4.userspace;

import static dev.penstock.l4.userspace.TestPlans.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rules of some Services as the kernel gets them. {@code -Dgolden.update=true} writes what they
 * are now, for a reader to judge.
 */
class RulesGoldenTest {

    private static final Path CASES = Path.of("src/test/resources/userspace");

    private static final NodeFacts NODE =
            new NodeFacts(
                    List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/64")),
                    List.of(Cidr.parse("192.168.1.0/24")),
                    false,
                    true,
                    List.of("192.168.1.1", "fd01::1"));

    private static final List<Redirect> REDIRECTS =
            List.of(
                    new Redirect(
                            service("web", Protocol.TCP, "10.96.0.1")
                                    .nodePort(30080)
                                    .loadBalancer("192.0.2.1", "192.168.0.0/16", "192.168.7.0/24")
                                    .external(TrafficPolicy.LOCAL)
                                    .to(
                                            new Destination("10.244.0.2", 80, true, 1),
                                            new Destination("10.244.1.2", 80, false, 1)),
                            40000,
                            40001),
                    new Redirect(
                            service("far", Protocol.UDP, "10.96.0.2")
                                    .externalIps("192.0.2.2")
                                    .internal(TrafficPolicy.LOCAL)
                                    .external(TrafficPolicy.LOCAL)
                                    .to(new Destination("10.244.1.2", 53, false, 1)),
                            40002,
                            40003),
                    new Redirect(
                            service("none", Protocol.TCP, "10.96.0.3")
                                    .nodePort(30081)
                                    .to(new Destination[0]),
                            40004,
                            0),
                    new Redirect(
                            service("six", Protocol.TCP, "fd00:96::1")
                                    .nodePort(30082)
                                    .to(new Destination("fd00:244::2", 80, true, 1)),
                            40005,
                            0));

    @Test
    void nftablesRulesAreAsTheirFileSays() throws IOException {
        List<NftText.Element> elements = new ArrayList<>();
        REDIRECTS.forEach(redirect -> elements.addAll(NftText.elements(redirect, NODE)));
        check("nftables.txt", NftText.tables(NODE) + NftText.change("add", elements));
    }

    @Test
    void iptablesRulesAreAsTheirFileSays() throws IOException {
        StringBuilder text = new StringBuilder();
        for (IpFamily family : IpFamily.values()) {
            List<IptablesText.Rule> rules = new ArrayList<>();
            REDIRECTS.stream()
                    .filter(redirect -> redirect.service().id().family() == family)
                    .forEach(redirect -> rules.addAll(IptablesText.rules(redirect, NODE)));
            text.append("# ").append(family).append('\n');
            text.append(IptablesText.everything(family, NODE, rules, IptablesText.jumps()));
        }
        check("iptables.txt", text.toString());
    }

    private static void check(String name, String text) throws IOException {
        Path expected = CASES.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(CASES);
            Files.writeString(expected, text);
        }
        assertThat(text).isEqualTo(Files.readString(expected));
    }
}
