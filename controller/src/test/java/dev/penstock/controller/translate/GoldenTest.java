package dev.penstock.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Manifests and what they come to, in pairs of files. {@code -Dgolden.update=true} writes what they
 * come to now, for a reader to judge.
 */
class GoldenTest {

    static final Path CASES = Path.of("src/test/resources/translate");

    private static final String IN = ".in.yaml";
    private static final String OUT = ".out.txt";

    @TempDir Path directory;

    @TestFactory
    Stream<DynamicTest> manifestsComeToWhatTheirCaseSays() throws IOException {
        return names().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
    }

    static Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(IN))
                    .map(file -> file.substring(0, file.length() - IN.length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static TranslateCase read(String name, Path directory) throws Exception {
        Path empty = Files.createTempDirectory(directory, name);
        return TranslateCase.read(name, Files.readString(CASES.resolve(name + IN)), empty);
    }

    private void check(String name) throws Exception {
        String text = TranslationText.of(read(name, directory).translate());
        Path expected = CASES.resolve(name + OUT);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(expected, text);
        }
        assertThat(text).isEqualTo(Files.readString(expected));
    }
}
