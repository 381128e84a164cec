package dev.penstock.l4.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.ipset.Ipset;
import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.iptables.Iptables.Backend;
import dev.penstock.model.address.IpFamily;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules in each of the kernel's tables; they need sets, but no ip_vs. */
class TablesKernelTest {

    @ParameterizedTest
    @EnumSource
    void aRuleThatSomebodyTakesAwayIsMissedAndComesBack(Backend backend) throws Exception {
        NetworkNamespace.run(() -> {
            for (IpFamily family : IpFamily.values()) {
                Iptables iptables = Iptables.of(family, backend);
                assumeTrue(
                        Command.exists(Ipset.PROGRAM) && Command.exists(iptables.program()),
                        "needs ipset and " + iptables.program());
                Sets.create();
                Tables tables = new Tables(family, TestPlan.NODE);
                assertThat(tables.isIntact(iptables)).isFalse();
                assertThat(tables.apply(iptables)).isPositive();
                assertThat(tables.apply(iptables)).isZero();
                assertThat(tables.isIntact(iptables)).isTrue();
                for (String damage :
                        List.of(
                                "-D INPUT -j PENSTOCK-IPVS-FILTER",
                                "-t nat -F PENSTOCK-IPVS-POSTROUTING",
                                "-t mangle -D PENSTOCK-IPVS-NODE-MARK 1")) {
                    Command.of("sh", "-c", iptables.program() + " " + damage).run();
                    assertThat(tables.isIntact(iptables)).as(damage).isFalse();
                    tables.apply(iptables);
                    assertThat(tables.isIntact(iptables)).as(damage).isTrue();
                }
                assertThat(Tables.remove(iptables)).isTrue();
                assertThat(Tables.remove(iptables)).isFalse();
                assertThat(iptables.save()).doesNotContain("PENSTOCK");
            }
        });
    }
}
