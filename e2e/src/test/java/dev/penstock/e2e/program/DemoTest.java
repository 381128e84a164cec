package dev.penstock.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.harness.PenstockProcess;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code penstock demo}, as a newcomer tries it. */
class DemoTest {

    @Test
    void everyLineItPrintsWorksWhenPasted() throws Exception {
        try (PenstockProcess demo = PenstockProcess.start(List.of("demo"))) {
            demo.awaitLine("Ctrl-C ends it.");
            List<String> lines =
                    demo.output().stream()
                            .map(String::strip)
                            .filter(line ->
                                    line.startsWith("curl ") || line.startsWith("./penstock "))
                            .toList();
            assertThat(lines).hasSizeGreaterThanOrEqualTo(6);
            for (String line : lines) {
                Command.Result result = Command.shell(line.replace("curl ", "curl -sS "));
                assertThat(result.exitCode()).as("%s\n%s", line, result.output()).isZero();
            }
            assertThat(Command.shell(lines.get(0)).output()).contains("\"backend\": \"web\"");
            assertThat(Command.shell(lines.get(1)).output()).contains("\"backend\": \"cart\"");
        }
    }

    @Test
    void takesOtherPortsWhereItsOwnAreTaken() throws Exception {
        try (PenstockProcess first = PenstockProcess.start(List.of("demo"))) {
            first.awaitReady();
            try (PenstockProcess second = PenstockProcess.start(List.of("demo"))) {
                second.awaitReady();
                assertThat(second.httpPort()).isNotEqualTo(first.httpPort());
                assertThat(second.httpsPort()).isNotEqualTo(first.httpsPort());
                assertThat(second.adminPort()).isNotEqualTo(first.adminPort());
            }
        }
    }
}
