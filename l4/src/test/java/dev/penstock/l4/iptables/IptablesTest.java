package dev.penstock.l4.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.iptables.Iptables.Backend;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IptablesTest {

    @ParameterizedTest
    @EnumSource
    void savesWhatItRestored(Backend backend) throws Exception {
        NetworkNamespace.run(() -> {
            for (IpFamily family : IpFamily.values()) {
                Iptables iptables = iptables(family, backend);
                iptables.restore("*nat\n:MINE - [0:0]\n-A MINE -p tcp -j RETURN\nCOMMIT\n");
                assertThat(iptables.save("nat")).contains(":MINE - ", "-A MINE -p tcp -j RETURN");
                assertThat(iptables.hasChain("nat", "MINE")).isTrue();
                assertThat(iptables.hasChain("nat", "OTHER")).isFalse();
                assertThat(iptables.mayHaveAny("nat", List.of("OTHER", "MINE"))).isTrue();
                assertThat(iptables.mayHaveAny("nat", List.of("OTHER"))).isFalse();
                assertThat(iptables.check("*nat\n-C MINE -p tcp -j RETURN\nCOMMIT\n")).isTrue();
                assertThat(iptables.check("*nat\n-C MINE -p udp -j RETURN\nCOMMIT\n")).isFalse();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void namesTheLineThatIsRefused(Backend backend) throws Exception {
        NetworkNamespace.run(() -> {
            Iptables iptables = iptables(IpFamily.IPV4, backend);
            assertThatExceptionOfType(RulesException.class)
                    .isThrownBy(() ->
                            iptables.restore(
                                    "*nat\n:MINE - [0:0]\n-A MINE -s 1.2.3.4.5 -j RETURN\nCOMMIT\n"))
                    .withMessage(
                            iptables.program()
                                    + "-restore: host/network `1.2.3.4.5' not found,"
                                    + " at: -A MINE -s 1.2.3.4.5 -j RETURN");
            assertThatExceptionOfType(RulesException.class)
                    .isThrownBy(() ->
                            iptables.restore(
                                    "*nat\n:MINE - [0:0]\n-A MINE -m nosuch -j RETURN\nCOMMIT\n"))
                    .withMessageContaining("Couldn't load match `nosuch'")
                    .withMessageEndingWith(", at: -A MINE -m nosuch -j RETURN");
            assertThat(iptables.hasChain("nat", "MINE")).isFalse();
        });
    }

    @Test
    void looksWithoutMakingTables() throws Exception {
        NetworkNamespace.run(() -> {
            assumeTrue(Command.exists("nft"), "needs nft");
            for (Backend backend : Backend.values()) {
                Iptables iptables = iptables(IpFamily.IPV4, backend);
                iptables.save("nat");
                iptables.mayHaveAny("nat", List.of("MINE"));
            }
            Iptables.kubeProxyChains();
            assertThat(Iptables.of(IpFamily.IPV4, Backend.LEGACY).save("nat")).isEmpty();
            assertThat(Command.of("nft", "list", "tables").run()).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource
    void usesTheBackEndThatIsInUse(Backend backend) throws Exception {
        for (String input :
                List.of(
                        "*mangle\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n",
                        "*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n",
                        "*nat\n:PENSTOCK-CANARY - [0:0]\nCOMMIT\n")) {
            NetworkNamespace.run(() -> {
                iptables(IpFamily.IPV6, backend.other());
                iptables(IpFamily.IPV6, backend).restore(input);
                assertThat(Iptables.find(IpFamily.IPV6).backend()).isEqualTo(backend);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsTheChainsOfKubeProxy(Backend backend) throws Exception {
        NetworkNamespace.run(() -> {
            iptables(IpFamily.IPV6, backend)
                    .restore("*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-MARK-MASQ - [0:0]\nCOMMIT\n");
            assertThat(Iptables.kubeProxyChains()).containsExactly("KUBE-SERVICES");
            iptables(IpFamily.IPV6, backend)
                    .restore("*nat\n:KUBE-SERVICES - [0:0]\n-X KUBE-SERVICES\nCOMMIT\n");
            assertThat(Iptables.kubeProxyChains()).isEmpty();
        });
    }

    private static Iptables iptables(IpFamily family, Backend backend) {
        Iptables iptables = Iptables.of(family, backend);
        assumeTrue(iptables.exists(), "needs " + iptables.program());
        return iptables;
    }
}
