package dev.penstock.controller.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.controller.decode.Located;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTreeTest {

    @ParameterizedTest
    @CsvSource({
        "80, 80",
        "-1, -1",
        "0x1f, 31",
        "0o17, 15",
        "1.5, 1.5",
        "'\"80\"', '80'",
        "'!!str 80', '80'",
        "true, true",
        "yes, yes",
        "10.0.0.1, 10.0.0.1",
        "1e, 1e",
        "2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z",
        "-, -",
        "99999999999999999999, 99999999999999999999"
    })
    void scalarsAreReadByCoreSchema(String text, String value) throws Exception {
        assertThat(plain(read("v: " + (text.equals("-") ? "\"-\"" : text))))
                .hasToString("{v=" + value + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v:", "v: ~", "v: null"})
    void nothingIsNull(String text) throws Exception {
        assertThat(plain(read(text))).hasToString("{v=null}");
    }

    @Test
    void jsonIsYaml() throws Exception {
        assertThat(plain(read("{\"a\": [1, \"b\", {\"c\": null}], \"d\": \"\\u00e9\"}")))
                .hasToString("{a=[1, b, {c=null}], d=é}");
    }

    @Test
    void valuesKnowTheirLines() throws Exception {
        Located root = YamlTree.read("a: 1\nb:\n- x\n- y: 2\n", 10).getFirst();
        assertThat(root.line()).isEqualTo(10);
        assertThat(root.value())
                .isEqualTo(
                        Map.of(
                                "a",
                                new Located(1, 10),
                                "b",
                                new Located(
                                        List.of(
                                                new Located("x", 12),
                                                new Located(Map.of("y", new Located(2, 13)), 13)),
                                        12)));
    }

    @Test
    void anchorsAndMergeKeysWork() throws Exception {
        assertThat(plain(read("a: &x {k: 1, l: 2}\nb: *x\nc:\n  <<: *x\n  k: 3\n")))
                .hasToString("{a={k=1, l=2}, b={k=1, l=2}, c={k=3, l=2}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\nb: 2\\na: 3 | 3 | duplicate key a",
                "a: *x | 1 | alias *x has no anchor",
                "? [a]\\n: 1 | 1 | a key is not a string",
                "a: [1, 2 | 1 | ",
                "a: \"open | 1 | ",
                "a:\\n\\t- x | 2 | "
            })
    void faultsNameTheirLine(String text, int line, @Nullable String message) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n").replace("\\t", "\t")))
                .isInstanceOfSatisfying(
                        ManifestSyntaxException.class,
                        e -> {
                            assertThat(e.line()).isGreaterThanOrEqualTo(line);
                            assertThat(e).hasMessageContaining(message == null ? "" : message);
                            assertThat(e.getMessage()).doesNotContain("\n");
                        });
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            text.append("a").append(i).append(": &a").append(i).append(" [");
            text.append(("*a" + (i - 1) + ", ").repeat(10)).append("x]\n");
        }
        assertThatThrownBy(() -> read(text.toString()))
                .isInstanceOf(ManifestSyntaxException.class)
                .hasMessageContaining("values in one document");
    }

    @Test
    void depthIsBounded() throws Exception {
        String open = "[".repeat(YamlTree.DEPTH_MAX);
        String close = "]".repeat(YamlTree.DEPTH_MAX);
        assertThat(YamlTree.read(open + close, 1)).hasSize(1);
        assertThatThrownBy(() -> read("[" + open + close + "]"))
                .isInstanceOf(ManifestSyntaxException.class)
                .hasMessageContaining("nested more than");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: 1\n---\nb: 2\n--- \nc: 3\n",
                "---\na: |\n  text\n  --- inside\n---\nb: 2",
                "a: 1\n---not a separator: 2\n",
                "%YAML 1.2\n---\na: 1\n...\n---\nb: 2\n",
                "# only a comment\n---\n---\na: 1\n---\n",
                "a: 1\r\n---\r\nb: 2\r\n",
                "--- {a: 1}\n--- [b]\n"
            })
    void splittingChangesNothing(String text) throws Exception {
        List<@Nullable Object> whole = new ArrayList<>();
        for (Located root : YamlTree.read(text, 1)) {
            whole.add(root);
        }
        List<@Nullable Object> parts = new ArrayList<>();
        for (DocumentSplitter.Part part : DocumentSplitter.split(text)) {
            parts.addAll(YamlTree.read(part.text(), part.firstLine()));
        }
        assertThat(parts).isEqualTo(whole);
    }

    private static Located read(String text) throws ManifestSyntaxException {
        return YamlTree.read(text, 1).getFirst();
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case Located located -> plain(located.value());
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((key, entry) -> copy.put(key, plain(entry)));
                yield copy;
            }
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>();
                list.forEach(item -> copy.add(plain(item)));
                yield copy;
            }
            case null, default -> value;
        };
    }
}
