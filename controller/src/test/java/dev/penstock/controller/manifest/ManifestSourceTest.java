package dev.penstock.controller.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.service.ServiceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, real events of the file system. */
class ManifestSourceTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path temp;

    private Path directory;
    private @Nullable ManifestSource source;
    private volatile ClusterState state = ClusterState.EMPTY;
    private final List<ClusterState> all = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(temp.resolve("manifests"));
    }

    @AfterEach
    void stop() {
        if (source != null) {
            source.close();
        }
    }

    @Test
    void readsAllManifestsInNestedFolders() throws Exception {
        write("a.yaml", service("a", 80));
        write("sub/b.yml", service("b", 80) + "---\n" + service("c", 80));
        write("sub/deeper/d.json", json("d", 80));
        write("ignored.txt", service("x", 80));
        write(".hidden/y.yaml", service("y", 80));
        write(".z.yaml", service("z", 80));
        start();
        assertThat(names()).isEqualTo("a b c d");
        assertThat(state.sourceProblems()).isEmpty();
    }

    @Test
    void startFailsWithoutDirectory() {
        ManifestSource missing = new ManifestSource(directory.resolve("nowhere"));
        assertThatThrownBy(() -> missing.start((_, _) -> {}))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("nowhere does not exist");
    }

    @Test
    void startFailsForFile() throws Exception {
        write("a.yaml", service("a", 80));
        ManifestSource file = new ManifestSource(directory.resolve("a.yaml"));
        assertThatThrownBy(() -> file.start((_, _) -> {}))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("is not a directory");
    }

    @Test
    void seesEditInPlace() throws Exception {
        write("a.yaml", service("a", 80));
        start();
        write("a.yaml", service("a", 81));
        awaitPort("a", 81);
    }

    @Test
    void seesAtomicRename() throws Exception {
        write("a.yaml", service("a", 80));
        start();
        write(".a.yaml.tmp", service("a", 81));
        Files.move(
                directory.resolve(".a.yaml.tmp"),
                directory.resolve("a.yaml"),
                StandardCopyOption.ATOMIC_MOVE);
        awaitPort("a", 81);
    }

    @Test
    void seesNewAndDeletedFiles() throws Exception {
        write("a.yaml", service("a", 80));
        start();
        write("b.yaml", service("b", 80));
        awaitNames("a b");
        Files.delete(directory.resolve("a.yaml"));
        awaitNames("b");
    }

    @Test
    void seesNewMovedAndDeletedFolders() throws Exception {
        start();
        write("one/two/a.yaml", service("a", 80));
        awaitNames("a");
        write("one/two/b.yaml", service("b", 80));
        awaitNames("a b");
        Files.move(directory.resolve("one"), temp.resolve("elsewhere"));
        awaitNames("");
        Files.move(temp.resolve("elsewhere"), directory.resolve("back"));
        awaitNames("a b");
        write("back/two/c.yaml", service("c", 80));
        awaitNames("a b c");
    }

    @Test
    void seesSwappedLinksOfMountedConfigMap() throws Exception {
        Path first = Files.createDirectory(directory.resolve("..2026_01"));
        Files.writeString(first.resolve("a.yaml"), service("a", 80));
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
        Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("..data/a.yaml"));
        start();
        assertThat(names()).isEqualTo("a");
        Path second = Files.createDirectory(directory.resolve("..2026_02"));
        Files.writeString(second.resolve("a.yaml"), service("a", 81));
        Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_02"));
        Files.move(
                directory.resolve("..data_tmp"),
                directory.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE);
        awaitPort("a", 81);
    }

    @Test
    void followsLinkedFolders() throws Exception {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("a.yaml"), service("a", 80));
        Files.createSymbolicLink(directory.resolve("linked"), elsewhere);
        Files.createSymbolicLink(directory.resolve("circle"), directory);
        start();
        assertThat(names()).isEqualTo("a");
        Files.writeString(elsewhere.resolve("a.yaml"), service("a", 81));
        awaitPort("a", 81);
    }

    @Test
    void brokenFileKeepsItsLastGoodObjects() throws Exception {
        write("a.yaml", service("a", 80) + "---\n" + service("b", 80));
        start();
        write("a.yaml", service("a", 81) + "---\nkind: [unclosed\n");
        await().atMost(LIMIT).until(() -> !state.sourceProblems().isEmpty());
        assertThat(names()).isEqualTo("a b");
        assertThat(port("a")).isEqualTo(81);
        Problem problem = state.sourceProblems().getFirst();
        assertThat(problem.reason()).isEqualTo(ProblemReason.Unreadable);
        assertThat(problem.consequence()).contains("last good version stays in use");
        assertThat(String.valueOf(problem.location())).startsWith("a.yaml:");
        write("a.yaml", service("a", 82));
        awaitNames("a");
        assertThat(state.sourceProblems()).isEmpty();
        assertThat(port("a")).isEqualTo(82);
    }

    @Test
    void fileThatIsNotTextIsProblem() throws Exception {
        write("a.yaml", service("a", 80));
        Files.write(directory.resolve("b.yaml"), new byte[] {'a', (byte) 0xff, (byte) 0xfe});
        start();
        assertThat(names()).isEqualTo("a");
        assertThat(state.sourceProblems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.message()).isEqualTo("is not UTF-8 text");
                    assertThat(problem.consequence()).isEqualTo("nothing of it is used");
                });
    }

    @Test
    void brokenFileThatWasNeverGoodIsNotSaidToKeepAnything() throws Exception {
        String garbled = "kind: [unclosed\n---\n";
        write("a.yaml", garbled + service("a", 80));
        start();
        assertThat(names()).isEqualTo("a");
        assertThat(consequence())
                .isEqualTo("this document is not used; other documents of the file are read");
        // Now there is something to lose, and it is kept.
        write("a.yaml", garbled);
        await().atMost(LIMIT).until(() -> consequence().contains("last good version stays in use"));
        assertThat(names()).isEqualTo("a");
    }

    private String consequence() {
        return state.sourceProblems().getFirst().consequence();
    }

    @Test
    void replacementCharacterIsText() throws Exception {
        write("a.yaml", "# \uFFFD\n" + service("a", 80));
        start();
        assertThat(names()).isEqualTo("a");
        assertThat(state.sourceProblems()).isEmpty();
    }

    @Test
    void halfWrittenFileNeverTakesObjectsAway() throws Exception {
        String text = service("a", 80) + "---\n" + service("b", 80);
        write("a.yaml", text);
        start();
        Path file = directory.resolve("a.yaml");
        for (int i = 0; i < 20; i++) {
            // What an editor does: cut to nothing, then write in pieces.
            Files.write(file, new byte[0]);
            byte[] bytes = (text + "---\n" + service("c" + i, 80)).getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < bytes.length; at += 64) {
                byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 64));
                Files.write(file, piece, StandardOpenOption.APPEND);
            }
            int round = i;
            await().atMost(LIMIT).until(() -> names().equals("a b c" + round));
        }
        assertThat(all)
                .allSatisfy(seen ->
                        assertThat(seen.services())
                                .containsKeys(
                                        new ServiceName("default", "a"),
                                        new ServiceName("default", "b")));
    }

    @Test
    void writerThatIsHeldUpAfterTruncatingTakesNoObjectAway() throws Exception {
        write("a.yaml", service("a", 80));
        write("z.yaml", service("z", 80));
        start();
        write("a.yaml", "");
        // A removal that began later is seen: the empty file had its chance.
        Files.delete(directory.resolve("z.yaml"));
        awaitNames("a");
        write("a.yaml", service("a", 81));
        awaitPort("a", 81);
        assertThat(all)
                .allSatisfy(seen ->
                        assertThat(seen.services()).containsKey(new ServiceName("default", "a")));
    }

    @Test
    void sameObjectInTwoFilesIsConflictAndFirstByPathCounts() throws Exception {
        write("b.yaml", service("a", 81));
        write("a.yaml", service("a", 80));
        start();
        assertThat(port("a")).isEqualTo(80);
        assertThat(state.sourceProblems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.reason()).isEqualTo(ProblemReason.Conflict);
                    assertThat(problem.message()).contains("a.yaml:1");
                    assertThat(String.valueOf(problem.location())).isEqualTo("b.yaml:1");
                });
        Files.delete(directory.resolve("a.yaml"));
        awaitPort("a", 81);
        assertThat(state.sourceProblems()).isEmpty();
    }

    @Test
    void unchangedObjectsStayTheSameInstances() throws Exception {
        write("a.yaml", service("a", 80) + "---\n" + service("b", 80));
        start();
        ServiceObject before = service("b");
        write("a.yaml", service("a", 81) + "---\n" + service("b", 80));
        awaitPort("a", 81);
        assertThat(service("b")).isSameAs(before);
    }

    @Test
    void touchedFileIsNoChange() throws Exception {
        write("a.yaml", service("a", 80));
        start();
        write("a.yaml", service("a", 80));
        write("z.yaml", service("z", 80));
        awaitNames("a z");
        assertThat(all.get(0).services().get(new ServiceName("default", "a")))
                .isSameAs(service("a"));
    }

    @Test
    void movedObjectKnowsItsNewLine() throws Exception {
        write("a.yaml", service("a", 80) + "---\n" + service("b", 80));
        start();
        write("a.yaml", "# comment\n# comment\n" + service("a", 80) + "---\n" + service("b", 80));
        await().atMost(LIMIT)
                .until(() -> String.valueOf(service("b").meta().location()).equals("a.yaml:11"));
    }

    private void start() throws SourceUnavailableException {
        ManifestSource started = new ManifestSource(directory);
        source = started;
        started.start((changed, _) -> {
            all.add(changed);
            state = changed;
        });
        await().atMost(LIMIT).until(() -> !all.isEmpty());
        assertThat(started.isSynced()).isTrue();
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void awaitPort(String name, int port) {
        await().atMost(LIMIT).until(() -> port(name) == port);
    }

    private void awaitNames(String names) {
        await().atMost(LIMIT).until(() -> names().equals(names));
    }

    private String names() {
        return state.services().keySet().stream()
                .map(ServiceName::name)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private ServiceObject service(String name) {
        return Objects.requireNonNull(state.services().get(new ServiceName("default", name)));
    }

    private int port(String name) {
        return service(name).service().ports().getFirst().port();
    }

    private static String service(String name, int port) {
        return """
        apiVersion: v1
        kind: Service
        metadata:
          name: %s
        spec:
          ports:
          - port: %d
        """
                .formatted(name, port);
    }

    private static String json(String name, int port) {
        return """
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s"},
         "spec": {"ports": [{"port": %d}]}}
        """
                .formatted(name, port);
    }
}
