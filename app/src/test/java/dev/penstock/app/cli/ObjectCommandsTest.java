package dev.penstock.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} and {@code explain} over directories. */
class ObjectCommandsTest {

    private static final String INGRESS =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop}
            spec:
              ingressClassName: penstock
              rules:
              - host: shop.example.com
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            """;

    private static final String SERVICE =
            """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {ports: [{port: 80}]}
            """;

    @TempDir Path directory;

    private final CliRun cli = new CliRun();

    @Test
    void checkNamesFileLineObjectAndField() throws IOException {
        write("a/shop.yaml", INGRESS);
        assertThat(cli.run("check", directory.toString())).isEqualTo(1);
        assertThat(cli.out())
                .containsPattern("(?m)^a/shop\\.yaml:\\d+: Ingress default/shop spec\\.rules\\[0]")
                .contains("1 problem");
    }

    @Test
    void checkIsContentWithoutAProblem() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(cli.run("check", directory.toString())).isZero();
        assertThat(cli.out()).isEqualToNormalizingNewlines("no problems\n");
    }

    @Test
    void checkNamesAFileThatDoesNotParse() throws IOException {
        write("broken.yaml", "apiVersion: v1\nkind: [");
        assertThat(cli.run("check", directory.toString())).isEqualTo(1);
        assertThat(cli.out()).contains("broken.yaml:");
    }

    @Test
    void checkNeedsADirectory() {
        assertThat(cli.run("check")).isEqualTo(2);
        assertThat(cli.run("check", directory.resolve("none").toString())).isEqualTo(3);
    }

    @Test
    void explainNamesTheRule() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(explain("http://shop.example.com/x")).isZero();
        assertThat(cli.out())
                .contains("Ingress default/shop spec.rules[0].http.paths[0]")
                .contains("503: no endpoint is ready");
    }

    @Test
    void explainWritesJson() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(explain("http://shop.example.com/x", "-o", "json")).isZero();
        assertThat(cli.out()).startsWith("{\"request\":").contains("\"status\":503");
    }

    @Test
    void explainTakesAServiceInstead() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(explain("--service", "default/web:80")).isZero();
        assertThat(cli.out()).contains("default/web:80, ClusterIP, 0 of 0 endpoints used");
    }

    @Test
    void explainTakesOneQuestion() {
        assertThat(explain()).isEqualTo(2);
        assertThat(explain("http://a/", "--service", "a/b:80")).isEqualTo(2);
        assertThat(explain("/no/host")).isEqualTo(2);
        assertThat(explain("http://a/", "--header", "nonsense")).isEqualTo(2);
        assertThat(explain("--service", "web")).isEqualTo(2);
    }

    @Test
    void explainSaysThatNobodyAnswers() {
        assertThat(cli.run("explain", "http://a/", "--admin", "http://127.0.0.1:1")).isEqualTo(3);
        assertThat(cli.err()).contains("no running instance answers at http://127.0.0.1:1");
    }

    private int explain(String... args) {
        String[] all = new String[args.length + 3];
        all[0] = "explain";
        all[1] = "--manifests";
        all[2] = directory.toString();
        System.arraycopy(args, 0, all, 3, args.length);
        return cli.run(all);
    }

    private void write(String file, String text) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
