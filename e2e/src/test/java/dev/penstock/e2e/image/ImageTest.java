package dev.penstock.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image is small, says what is in it, is the same each time, and runs. */
class ImageTest {

    @TempDir private static Path directory;
    private static Image image;

    @BeforeAll
    static void setUp() throws Exception {
        image = Image.build(Files.createDirectory(directory.resolve("first")));
    }

    @Test
    void aSecondBuildIsTheSameToTheByte() throws Exception {
        Image second = Image.build(Files.createDirectory(directory.resolve("second")));

        assertThat(Files.mismatch(second.archive(), image.archive())).isEqualTo(-1);
    }

    @Test
    void itRunsAsAnOrdinaryUserAndHasNoShell() {
        assertThat(image.config().at("User").text()).isEqualTo("65532:65532");
        assertThat(image.root().resolve("usr/bin/sh")).doesNotExist();
        assertThat(image.root().resolve("usr/bin/bash")).doesNotExist();
        assertThat(image.root().resolve(image.entryPoint().getFirst().substring(1))).isExecutable();
    }

    @Test
    void itSaysWhatItIsMadeOf() throws Exception {
        Tree sbom = Image.json(image.root().resolve("opt/penstock/sbom.cdx.json"));
        List<String> names =
                sbom.at("components").list().stream().map(c -> c.at("name").text()).toList();

        assertThat(sbom.at("bomFormat").text()).isEqualTo("CycloneDX");
        assertThat(names)
                .contains(
                        "netty-transport", "kubernetes-client", "libc6", "openjdk-25-jdk-headless")
                .doesNotContain("junit-jupiter");
        for (String name : List.of("libc6", "libnftables1", "iptables")) {
            assertThat(image.root().resolve("usr/share/doc/" + name + "/copyright")).exists();
        }
    }

    @Test
    void itServes() throws Exception {
        assumeNamespaces();

        Image.Result result = image.run("penstock is ready", "demo");

        assertThat(result.isDone()).as(result.output()).isTrue();
        assertThat(result.output()).contains("BoringSSL");
    }

    /** The training sends requests in plain HTTP and over TLS, and asks the admin pages. */
    @Test
    void itCanBeTrainedForTheStartUpCache() throws Exception {
        assumeNamespaces();

        Image.Result result = image.run("not to be found", "demo", "--training");

        assertThat(result.isDone()).as(result.output()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables"})
    void itHasWhatAModeOfANodeNeeds(String mode) throws Exception {
        assumeNamespaces();
        Path manifests = Files.createDirectories(image.root().resolve("manifests"));
        Files.copy(
                PenstockProcess.checkout().resolve("examples/quickstart/services.yaml"),
                manifests.resolve("services.yaml"),
                StandardCopyOption.REPLACE_EXISTING);

        Image.Result result =
                image.run(
                        "penstock is ready",
                        "node",
                        "--manifests=/manifests",
                        "--mode=" + mode,
                        "--node-name=node1",
                        "--allow-beside-kube-proxy");

        assertThat(result.isDone()).as(result.output()).isTrue();
        assertThat(result.output()).contains("penstock is ready: node mode " + mode);
    }

    /** The launcher and the image start the same JVM. */
    @Test
    void itsOptionsAreThoseOfTheLauncher() throws Exception {
        String launcher = Files.readString(PenstockProcess.checkout().resolve("penstock"));
        String options = Files.readString(image.root().resolve("opt/penstock/java.options"));
        Matcher flags = Pattern.compile("flags=\"(?:\\$flags )?([^$\"][^\"]*)\"").matcher(launcher);
        int found = 0;
        while (flags.find()) {
            assertThat(options.lines()).contains(flags.group(1).split(" ", -1));
            found++;
        }
        assertThat(found).isEqualTo(5);
    }

    private static void assumeNamespaces() {
        assumeTrue(NetworkNamespace.isPossible(), "needs root on Linux, for namespaces");
    }
}
