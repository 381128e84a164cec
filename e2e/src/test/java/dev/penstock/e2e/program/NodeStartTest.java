package dev.penstock.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code penstock node} says where the machine lacks something. */
class NodeStartTest {

    private static final int FAILED = 3;

    @TempDir Path directory;

    @BeforeAll
    static void needsNamespaces() {
        assumeTrue(
                NetworkNamespace.isPossible(),
                "needs root on Linux, for a network namespace in which nothing can be spoilt");
    }

    @Test
    void missingPrivilegeIsOneLine() throws Exception {
        Command.Result result =
                node("setpriv --bounding-set=-all --inh-caps=-all ./penstock", "nftables");

        assertThat(result.exitCode()).as(result.output()).isEqualTo(FAILED);
        assertThat(result.output().lines()).hasSize(1);
        assertThat(result.output())
                .contains("mode nftables is not possible here:", "capability NET_ADMIN");
    }

    @Test
    void missingProgramIsOneLine() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Command.Result result =
                node(
                        "env PATH="
                                + directory
                                + " "
                                + java
                                + " -jar app/target/penstock/lib/penstock.jar",
                        "iptables");

        assertThat(result.exitCode()).as(result.output()).isEqualTo(FAILED);
        assertThat(result.output().lines()).hasSize(1);
        assertThat(result.output())
                .contains("mode iptables is not possible here:", "iptables", "is it installed?");
    }

    @Test
    void missingModuleIsOneLine() throws Exception {
        Command.Result result = node("timeout 30 ./penstock", "ipvs");

        assumeFalse(result.output().contains("penstock is ready"), "this kernel has ip_vs");
        assertThat(result.exitCode()).as(result.output()).isEqualTo(FAILED);
        assertThat(result.output().lines()).hasSize(1);
        assertThat(result.output())
                .containsPattern("mode ipvs is not possible here: .*\\bip(_vs|set|tables)\\b");
    }

    private Command.Result node(String program, String mode) throws Exception {
        // A start that is the first of a build also tells of the start-up cache.
        return Command.shell(
                "PENSTOCK_NO_AOT=1 unshare --net "
                        + program
                        + " node --manifests "
                        + directory
                        + " --mode "
                        + mode
                        + " --healthz-address 127.0.0.1:0 --metrics-address 127.0.0.1:0");
    }
}
