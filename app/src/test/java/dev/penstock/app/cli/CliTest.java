package dev.penstock.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {

    private final CliRun cli = new CliRun();

    @Test
    void versionNamesTheProgramAndItsJava() {
        assertThat(cli.run("version")).isZero();
        assertThat(cli.out())
                .startsWith("penstock ")
                .contains("Java " + Runtime.version().feature());
    }

    @Test
    void helpListsTheCommandsAndExitCodes() {
        assertThat(cli.run("--help")).isZero();
        assertThat(cli.out()).contains("version", "completion", "Exit codes");
    }

    @Test
    void anUnknownFlagIsOneLineWithAHint() {
        assertThat(cli.run("version", "--nonsense")).isEqualTo(2);
        assertThat(cli.err().lines())
                .containsExactly(
                        "penstock: Unknown option: '--nonsense'",
                        "Try 'penstock version --help' for the flags.");
    }

    @Test
    void anUnknownCommandSuggestsOneThatIsClose() {
        assertThat(cli.run("versoin")).isEqualTo(2);
        assertThat(cli.err()).contains("'versoin'; did you mean version?");
    }

    @Test
    void noCommandAtAllIsWrongUsage() {
        assertThat(cli.run()).isEqualTo(2);
        assertThat(cli.err()).contains("which command?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completionKnowsEveryVisibleCommand(String shell) {
        assertThat(cli.run("completion", shell)).isZero();
        assertThat(cli.out()).contains("version", "completion", "help");
    }

    @Test
    void completionOfAnotherShellIsWrongUsage() {
        assertThat(cli.run("completion", "tcsh")).isEqualTo(2);
        assertThat(cli.err()).contains("bash, zsh, fish");
    }
}
