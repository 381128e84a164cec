package dev.penstock.l4.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.model.address.IpFamily;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleTrialTest {

    @Test
    void whatIsMissingIsNamed() throws Exception {
        NetworkNamespace.run(() -> {
            assumeTrue(Command.exists("iptables-restore"), "needs iptables");
            assumeTrue(Command.exists("unshare"), "needs unshare");
            RuleTrial trial = new RuleTrial(Iptables.find(IpFamily.IPV4), "true");
            Map<String, String> inputs = new LinkedHashMap<>();
            inputs.put("xt_mark", RuleTrial.input("nat", "-m mark --mark 0x1 -j RETURN"));
            assertThat(trial.missing(inputs)).isNull();
            inputs.put("xt_none", RuleTrial.input("nat", "-m none --none -j RETURN"));
            assertThat(trial.missing(inputs)).startsWith("the kernel or iptables has no xt_none: ");
        });
    }
}
