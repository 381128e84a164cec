package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the program makes on a node, what it takes away, and what it leaves alone. */
abstract class OwnershipSuite extends NodeSuite {
    private static final String FOREIGN =
            """
            set -e
            iptables -t filter -N THEIRS
            iptables -t filter -A FORWARD -s 203.0.113.7 -j THEIRS
            iptables -t nat -A PREROUTING -d 203.0.113.8 -j ACCEPT
            ip6tables -t mangle -A FORWARD -s 2001:db8::7 -j ACCEPT
            ipset create theirs hash:ip
            ipset add theirs 203.0.113.9
            if nft list tables >/dev/null 2>&1; then
              nft add table inet theirs
              nft 'add chain inet theirs input { type filter hook input priority 5; }'
              nft add rule inet theirs input ip saddr 203.0.113.10 drop
              nft add table ip theirs
              nft 'add set ip theirs addresses { type ipv4_addr; elements = { 203.0.113.11 }; }'
            fi
            """;

    /** A lab of its own, since a node that was used is not as it was before. */
    @Override
    NodeLab labOf(NodeLab shared) throws IOException {
        return new NodeLab(shared.mode());
    }

    /** Starts nothing: each test does that by itself. */
    @Override
    void prepare() {
        if (mode() == NodeMode.IPTABLES_LEGACY || mode() == NodeMode.IPVS) {
            // The kernel keeps these tables, empty, once anybody has looked at them.
            shell(
                    """
                    case $(iptables -V) in *legacy*)
                      for c in iptables ip6tables; do for t in nat filter mangle; do
                        $c -t $t -L -n >/dev/null
                      done; done ;;
                    esac
                    """);
        }
    }

    @AfterEach
    final void closeLab() {
        nodeLab().close();
    }

    private NetworkNamespace node() {
        return lab().node1().network();
    }

    private void makeForeignRules() {
        shell(FOREIGN);
    }

    /** Runs a script on the node with the iptables that the mode works by. */
    private void shell(String script) {
        String changed =
                mode() == NodeMode.IPTABLES_LEGACY
                        ? script.replaceAll("\\b(ip6?tables)\\b", "$1-legacy")
                        : script;
        node().run("sh", "-c", changed);
    }

    private TestService everything() {
        return web(lab().b1(), lab().b3())
                .udp("dns", 53, 8080)
                .nodePort(nodeLab().nodePort())
                .externalIps(nodeLab().externalIps().toArray(String[]::new))
                .loadBalancer(nodeLab().externalIps().toArray(String[]::new))
                .spec("loadBalancerSourceRanges: [172.18.0.21/32]")
                .affinity(600);
    }

    @Test
    final void cleanupLeavesTheNodeAsItWasBeforeTheFirstStart() {
        makeForeignRules();
        NodeRules before = NodeRules.of(lab().node1());
        TestService web = everything();
        TestService none = web();
        program().write(web, none);
        program().start();
        answers(lab().client(), web.clusterIps().getFirst(), 80);
        assertThat(NodeRules.of(lab().node1())).isNotEqualTo(before);
        program().stop();
        program().cleanUp();
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
        // And once more, with nothing there.
        program().cleanUp();
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
    }

    @Test
    final void otherModeTakesOverAndLeavesNothingOfThisOne() {
        makeForeignRules();
        NodeRules before = NodeRules.of(lab().node1());
        TestService web = everything();
        program().write(web);
        program().start();
        String address = web.clusterIps().getFirst();
        answers(lab().client(), address, 80);
        program().stop();
        NodeMode other = mode() == NodeMode.USERSPACE ? firstKernelMode() : NodeMode.USERSPACE;
        try (PenstockProcess changed = program().launch(other, List.of(), Map.of())) {
            changed.awaitReady();
            answers(lab().client(), address, 80);
        }
        program().start();
        answers(lab().client(), address, 80);
        program().stop();
        program().cleanUp();
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
    }

    private NodeMode firstKernelMode() {
        return node().run("sh", "-c", "nft list tables >/dev/null 2>&1 && echo yes; true").isEmpty()
                ? NodeMode.IPTABLES
                : NodeMode.NFTABLES;
    }

    @Test
    final void rulesThatSomebodyRemovesComeBack() {
        TestService web = web(lab().b1());
        program().write(web);
        program().start();
        String address = web.clusterIps().getFirst();
        answers(lab().pod(), address, 80);
        shell(
                """
                nft flush ruleset 2>/dev/null
                for c in iptables ip6tables; do for t in nat filter mangle; do
                  $c -t $t -F; $c -t $t -X
                done; done
                true
                """);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> lab().pod().tcpBriefly(address, 80).outcome() == Outcome.ANSWERED);
    }

    @Test
    final void runningKubeProxyIsNoticedAndNothingIsChanged() {
        shell("iptables -t nat -N KUBE-SERVICES && iptables -t nat -A PREROUTING -j KUBE-SERVICES");
        NodeRules before = NodeRules.of(lab().node1());
        TestService web = web(lab().b1());
        program().write(web);
        PenstockProcess refused = program().launch(mode(), List.of(), Map.of());
        assertThat(refused.awaitEnd()).isEqualTo(3);
        assertThat(String.join("\n", refused.output()))
                .contains("kube-proxy")
                .contains("--allow-beside-kube-proxy")
                .doesNotContain("\tat ");
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
        program().start("--allow-beside-kube-proxy");
        answers(lab().pod(), web.clusterIps().getFirst(), 80);
    }

    @Test
    final void programThatTheModeNeedsAndIsMissingIsNamedInOneLine() {
        // nftables mode has a library, and is content without the program; userspace needs none.
        assumeTrue(
                mode().isIptables() || mode() == NodeMode.IPVS,
                mode() + " mode needs no program of the system");
        program().write();
        Map<String, String> path = Map.of("PATH", "/usr/bin:/bin");
        PenstockProcess refused = program().launch(mode(), List.of(), path);
        assertThat(refused.awaitEnd()).isEqualTo(3);
        assertThat(refused.output()).hasSize(1).first().asString().contains("iptables");
    }

    @Test
    final void missingPrivilegeIsSaidInOneLine() {
        assumeTrue(mode().forwardsPackets(), "userspace mode can do without");
        program().write();
        PenstockProcess refused = program().launchWithoutPrivilege("net_admin");
        assertThat(refused.awaitEnd()).isEqualTo(3);
        assertThat(refused.output())
                .hasSize(1)
                .first()
                .asString()
                .containsAnyOf("root", "CAP_NET_ADMIN");
    }

    @Test
    final void otherHostsAreLeftAlone() {
        Host other = lab().node2();
        NodeRules before = NodeRules.of(other);
        program().write(web(lab().b1()));
        program().start();
        assertThat(NodeRules.of(other)).isEqualTo(before);
    }
}
