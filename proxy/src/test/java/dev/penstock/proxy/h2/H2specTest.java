package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.tls.context.ServerCertificates;
import dev.penstock.tls.context.ServerTlsSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The conformance suite h2spec in strict mode. The program is looked for in {@code
 * PENSTOCK_H2SPEC}, on the path and in the cache; where Go is installed it is built into the cache.
 */
class H2specTest {

    private static final String MODULE =
            "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible";
    private static final String PROGRAM = "h2spec";
    private static final int MINUTES_MAX = 5;

    @ParameterizedTest(name = "over TLS: {0}")
    @ValueSource(booleans = {false, true})
    void passesInStrictMode(boolean tls) throws IOException, InterruptedException {
        Path program = program();
        Assumptions.assumeTrue(
                program != null, "h2spec is not installed, and there is no Go to build it with");
        ServerCertificates certificates =
                tls ? new ServerCertificates(ServerTlsSettings.DEFAULT) : null;
        try (EchoServer server = new EchoServer(new EchoHandler(), certificates, 0)) {
            List<String> command = new ArrayList<>();
            command.addAll(List.of(String.valueOf(program), "-S", "-h", "127.0.0.1", "-o", "5"));
            command.addAll(List.of("-p", Integer.toString(server.port())));
            if (tls) {
                command.addAll(List.of("-t", "-k"));
            }
            assertThat(run(command)).contains("146 tests, 146 passed, 0 skipped, 0 failed");
        }
    }

    private static @Nullable Path program() throws IOException, InterruptedException {
        String given = System.getProperty("penstock.h2spec", System.getenv("PENSTOCK_H2SPEC"));
        if (given != null) {
            return Path.of(given);
        }
        Path found = onPath(PROGRAM);
        Path cached = cache().resolve(PROGRAM);
        if (found != null || Files.isExecutable(cached)) {
            return found != null ? found : cached;
        }
        if (onPath("go") == null) {
            return null;
        }
        Files.createDirectories(cache());
        run(List.of("go", "install", MODULE));
        return Files.isExecutable(cached) ? cached : null;
    }

    private static Path cache() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path caches =
                base == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return caches.resolve("penstock").resolve("bin");
    }

    private static @Nullable Path onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path file = Path.of(folder, program);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        return null;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("h2spec", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("GOBIN", cache().toString());
        Process process = builder.redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).isTrue();
            return Files.readString(output);
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
