package dev.penstock.l4.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.RulesException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NftTest {

    private static final int THREADS = 8;
    private static final int ROUNDS = 20;

    enum Way {
        LIBRARY,
        PROGRAM;

        Nft open() throws RulesException {
            boolean has = this == LIBRARY ? NftLibrary.isPresent() : Command.exists("nft");
            assumeTrue(has, "this machine has no " + (this == LIBRARY ? "libnftables" : "nft"));
            return this == LIBRARY ? Nft.open() : Nft.openProgram();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void makesTheTablesThatAScriptNames(Way way) throws Exception {
        NetworkNamespace.run(() -> {
            try (Nft nft = way.open()) {
                nft.run("add table ip one\nadd table ip6 two\n");

                assertThat(TableSearch.isPresent("one")).isTrue();
                assertThat(TableSearch.isPresent("two")).isTrue();
                assertThat(TableSearch.isPresent("three")).isFalse();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void doesNothingOfAScriptThatFails(Way way) throws Exception {
        NetworkNamespace.run(() -> {
            try (Nft nft = way.open()) {
                assertThatThrownBy(() -> nft.run("add table ip one\ndelete table ip absent\n"))
                        .isInstanceOf(RulesException.class);

                assertThat(TableSearch.isPresent("one")).isFalse();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void namesTheReasonAndTheStatementInOneLine(Way way) throws Exception {
        NetworkNamespace.run(() -> {
            try (Nft nft = way.open()) {
                nft.run("add table ip one");

                assertThatThrownBy(() -> nft.run("add chain ip one a\nadd rule ip one b accept\n"))
                        .hasMessageMatching(
                                "nft: .*No such file or directory.*, in: add rule ip one b accept");
                assertThatThrownBy(() -> nft.run("add nonsense"))
                        .hasMessageMatching("nft: syntax error.*, in: add nonsense");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void showsOfALongStatementThePartThatIsWrong(Way way) throws Exception {
        NetworkNamespace.run(() -> {
            try (Nft nft = way.open()) {
                nft.run("add table ip one\nadd set ip one s { type ipv4_addr ; }\n");
                StringBuilder script = new StringBuilder("add element ip one s { ");
                for (int i = 0; i < 200; i++) {
                    script.append("10.0.0.").append(i).append(", ");
                }

                assertThatThrownBy(() -> nft.run(script + "fe80::1, 10.0.1.1 }"))
                        .hasMessageContaining("in: add element ip one s { … ")
                        .hasMessageContaining("fe80::1")
                        .message()
                        .hasSizeLessThan(400)
                        .doesNotContain("\n");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void threadsThatComeAtOnceDoNotMeet(Way way) throws Exception {
        NetworkNamespace.run(() -> {
            List<FutureTask<Void>> tasks = new ArrayList<>();
            try (Nft nft = way.open()) {
                nft.run("add table ip one");
                for (int thread = 0; thread < THREADS; thread++) {
                    String chain = "of-" + thread;
                    FutureTask<Void> task =
                            new FutureTask<>(() -> {
                                for (int i = 0; i < ROUNDS; i++) {
                                    nft.run("add chain ip one " + chain + "-" + i);
                                }
                                return null;
                            });
                    tasks.add(task);
                    // A thread begins in the namespace of the one that starts it.
                    Thread.ofPlatform().name(chain).start(task);
                }
                for (FutureTask<Void> task : tasks) {
                    task.get();
                }
            }
            assertThat(Command.of("nft", "list", "table", "ip", "one").run().lines())
                    .filteredOn(line -> line.contains("chain of-"))
                    .hasSize(THREADS * ROUNDS);
        });
    }

    @Test
    void whatIsClosedIsRefused() throws Exception {
        NetworkNamespace.run(() -> {
            Nft nft = Way.LIBRARY.open();
            nft.close();

            assertThatThrownBy(() -> nft.run("add table ip one"))
                    .isInstanceOf(IllegalStateException.class);
            nft.close();
        });
    }
}
