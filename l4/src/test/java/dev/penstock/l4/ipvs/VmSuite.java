package dev.penstock.l4.ipvs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Runs a module's tests of one tag by {@code e2e/vm/junit}, under a kernel that has ip_vs, and
 * tells of each as if it had run here.
 */
public final class VmSuite {

    private static final int CANNOT_BE_HAD = 69;
    private static final int TESTS_FAILED = 1;

    private VmSuite() {}

    /**
     * Runs them all.
     *
     * @param module the module's folder
     * @param reports an empty folder
     */
    public static Stream<DynamicTest> run(String module, String tag, Path reports)
            throws Exception {
        Path project = projectFolder();
        Path log = reports.resolve("output.txt");
        Process process =
                new ProcessBuilder(
                                project.resolve("e2e/vm/junit").toString(),
                                "--tag",
                                tag,
                                "--out",
                                reports.toString(),
                                "--class-path",
                                System.getProperty("java.class.path"),
                                module)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int status = waitFor(process);
        String output = Files.readString(log);
        Assumptions.assumeFalse(status == CANNOT_BE_HAD, output.strip());
        assertThat(status).as(output).isIn(0, TESTS_FAILED);
        List<DynamicTest> tests = read(reports);
        assertThat(tests).as(output).isNotEmpty();
        return tests.stream();
    }

    private static int waitFor(Process process) throws InterruptedException {
        try {
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    private static Path projectFolder() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("e2e/vm/junit"))) {
            folder = folder.getParent();
        }
        return requireNonNull(folder, "no e2e/vm/junit above the working folder");
    }

    private static List<DynamicTest> read(Path reports) throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path report : xmlFiles(reports)) {
            NodeList cases =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(report.toFile())
                            .getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                tests.add(test((Element) cases.item(i)));
            }
        }
        return tests;
    }

    private static List<Path> xmlFiles(Path reports) throws IOException {
        try (Stream<Path> files = Files.list(reports)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .toList();
        }
    }

    private static DynamicTest test(Element testCase) {
        String className = testCase.getAttribute("classname");
        String name =
                className.substring(className.lastIndexOf('.') + 1)
                        + "."
                        + testCase.getAttribute("name");
        return DynamicTest.dynamicTest(
                name,
                () -> {
                    String failure = text(testCase, "failure") + text(testCase, "error");
                    if (!failure.isEmpty()) {
                        fail(failure);
                    }
                    String skipped = text(testCase, "skipped");
                    Assumptions.assumeTrue(skipped.isEmpty(), skipped);
                });
    }

    private static String text(Element testCase, String kind) {
        NodeList elements = testCase.getElementsByTagName(kind);
        return elements.getLength() == 0 ? "" : kind + ": " + elements.item(0).getTextContent();
    }
}
