package dev.penstock.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./penstock} itself. */
class LauncherTest {

    @TempDir Path directory;

    @Test
    void worksThroughALinkFromAFolderWithSpaces() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("a folder with spaces"));
        Path link = folder.resolve("my penstock");
        Files.createSymbolicLink(link, PenstockProcess.checkout().resolve("penstock"));
        Command.Result result = Command.shell("cd '" + folder + "' && './my penstock' version");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).startsWith("penstock ");
    }

    @Test
    void saysHowToGetAJdkWhereThereIsNone() throws Exception {
        // An empty file system but for what the launcher itself needs.
        Command.Result result =
                Command.shell(
                        "sed 's#/usr/lib/jvm#/none#g; s#/usr/lib64/jvm#/none#g; s#/opt/#/none/#g;"
                                + " s#/usr/java#/none#g; s#/Library/#/none/#g;"
                                + " s#/usr/libexec/java_home#/none#g' penstock > '"
                                + directory
                                + "/penstock' && mkdir '"
                                + directory
                                + "/bin' && for tool in sed dirname readlink cat; do"
                                + " ln -s \"$(command -v $tool)\" '"
                                + directory
                                + "/bin/'; done; JAVA_HOME= HOME=/none SDKMAN_DIR=/none PATH='"
                                + directory
                                + "/bin' /bin/sh '"
                                + directory
                                + "/penstock' version");
        assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
        assertThat(result.output().lines())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("needs a JDK 25 or newer").contains("JAVA_HOME"));
    }

    @Test
    void passesOverAJavaThatIsTooOld() throws Exception {
        Path old = fakeJava("17.0.1");
        Command.Result result = Command.shell("JAVA_HOME='" + old + "' ./penstock version");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).doesNotContain("Java 17");
    }

    @Test
    void printsTheJdkItBuildsWith() throws Exception {
        Command.Result result = Command.penstock("--print-java-home");
        assertThat(result.exitCode()).isZero();
        assertThat(Path.of(result.output().strip()).resolve("bin/javac")).isExecutable();
    }

    @Test
    void handsOnOptionsForTheJvm() throws Exception {
        Command.Result result =
                Command.shell("PENSTOCK_JAVA_OPTS='-XX:+UseParallelGC -Xmx64m' ./penstock version");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output().lines()).hasSize(1);
    }

    @Test
    void passesTheExitCodeOn() throws Exception {
        assertThat(Command.penstock("version", "--nonsense").exitCode()).isEqualTo(2);
        assertThat(Command.penstock("check", "/nonexistent").exitCode()).isEqualTo(3);
    }

    private Path fakeJava(String version) throws IOException {
        Path home = directory.resolve("jdk");
        Files.createDirectories(home.resolve("bin"));
        for (String tool : new String[] {"java", "javac"}) {
            Path file = Files.writeString(home.resolve("bin").resolve(tool), "#!/bin/sh\nexit 9\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }
}
