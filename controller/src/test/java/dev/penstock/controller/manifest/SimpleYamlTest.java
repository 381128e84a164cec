package dev.penstock.controller.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.decode.Located;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleYamlTest {

    private static final long SEED = 20260101;
    private static final int TEXTS = 4_000;
    private static final int CHANGES = 12;

    private static final String SERVICE =
            """
            # A Service, as people write it.
            apiVersion: v1
            kind: Service
            metadata:
              name: web   # its name
              labels: {app: web, "tier": 'front''s'}
              annotations:
                penstock.dev/l4-algorithm: "round\\n-robin"

            spec:
              selector:
                app: web
              clusterIPs:
              - 10.96.0.1
              - fd00::1
              ports:
                - name: http
                  port: 80
                  targetPort: http
                -
                  name: https
                  port: 443
              sessionAffinity:
            status: {}
            """;

    private static final String SLICE =
            """
            ---
            {
              "kind": "EndpointSlice",
              "ports": [{"name":"http","port":8080}],
              "endpoints": [
                {"addresses": ["10.0.0.1"], "conditions": {"ready": true, "serving": null}}, # one
                {"addresses": [], nodeName: node1, weight: -1.5}
              ],
              empty: [ ]
            }
            """;

    /** What is put into texts at random places. */
    private static final String[] SCRAPS = {
        ":", ": ", " :", "-", "- ", "--- ", "---\n", "...\n", "#", " #", ",", "[", "]", "{", "}",
        "'", "\"", "\n", "\n ", "\n  ", "  ", " ", "a", "1", "~", "&a ", "*a", "!!str ", "? ", "|",
        ">", "%", "\\", "\\n", "\\\"", "<<: ", "a: 1", "- - x", "{a: 1}", "[b, c]", "\"q\": ", "é",
        "\t", "\r\n", "@", "`", "''", "null", "0x1f", ".5", "-x", "a:b", "a#b"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                SERVICE,
                SLICE,
                "",
                "---",
                "# nothing\n",
                "a",
                "'a b'",
                "- a\n-\n- - b\n  - c: 1\n    d: 2\n",
                "a:\n- b\n-\nc:\n",
                "- --flag=1\n- -1\n- /path\n- a:b\n- a#b\n"
            })
    void whatPeopleWriteIsReadAsByTheLibrary(String text) throws Exception {
        assertThat(SimpleYaml.read(text, 7)).isEqualTo(YamlTree.readAny(text, 7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: 1\na: 2",
                "a: |\n  text\n",
                "a: &x 1\nb: *x",
                "a: !!str 1",
                "a: b\n  c",
                "? a\n: b",
                "a: 1\n---\nb: 2",
                "a: 1\n...\n",
                "a: [1",
                "a: 'open",
                "a: b: c",
                "a:\n\t- x",
                "a: é",
                "<<: {a: 1}",
                "\"a\nb\": 1"
            })
    void theRestIsLeftToTheLibrary(String text) {
        assertThat(SimpleYaml.read(text, 1)).isNull();
    }

    @Test
    void randomTextsAreReadAsByTheLibrary() {
        Random random = new Random(SEED);
        int simple = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = new RandomYaml(random).document();
            List<Located> read = SimpleYaml.read(text, 1);
            assertThat(read).as(text).isEqualTo(byLibrary(text));
            simple += read == null ? 0 : 1;
        }
        assertThat(simple).isEqualTo(TEXTS);
    }

    @Test
    void damagedTextsAreReadAsByTheLibraryOrNotAtAll() {
        Random random = new Random(SEED);
        int simple = 0;
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text =
                    new StringBuilder(
                            switch (random.nextInt(4)) {
                                case 0 -> SERVICE;
                                case 1 -> SLICE;
                                default -> new RandomYaml(random).document();
                            });
            for (int j = random.nextInt(CHANGES); j >= 0; j--) {
                damage(text, random);
                List<Located> read = SimpleYaml.read(text.toString(), 1);
                if (read != null) {
                    simple++;
                    assertThat(read).as(text.toString()).isEqualTo(byLibrary(text.toString()));
                }
            }
        }
        // Else this test would show nothing.
        assertThat(simple).isGreaterThan(TEXTS);
    }

    private static void damage(StringBuilder text, Random random) {
        int at = random.nextInt(text.length() + 1);
        if (random.nextBoolean()) {
            text.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
        } else {
            text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
        }
    }

    /** What the library makes of a text; null for a fault. */
    private static @Nullable List<Located> byLibrary(String text) {
        try {
            return YamlTree.readAny(text, 1);
        } catch (ManifestSyntaxException _) {
            return null;
        }
    }

    /** Writes random trees in random styles. */
    private static final class RandomYaml {

        private static final int DEPTH = 5;
        private static final String[] SCALARS = {
            "web",
            "80",
            "-1",
            "1.5",
            "true",
            "~",
            "null",
            "10.96.0.1",
            "fd00::1",
            "a b",
            "\"q: [x]\"",
            "'it''s # so'",
            "\"\\\"\\n\"",
            "''",
            "/path?q=1",
            "--flag=x",
            "0x1f",
            "a#b",
            "2026-01-01T00:00:00Z"
        };
        private static final String[] LINE_ENDS = {
            "\n", "\n", "\n", " \n", " # note: 'x'\n", "\n\n", "\n # note\n"
        };

        private final Random random;
        private final StringBuilder text = new StringBuilder();

        RandomYaml(Random random) {
            this.random = random;
        }

        String document() {
            text.append(random.nextBoolean() ? "---" + lineEnd() : "");
            switch (random.nextInt(4)) {
                case 0 -> text.append(flow(DEPTH)).append(lineEnd());
                case 1 -> sequence(random.nextInt(3), DEPTH);
                default -> mapping(random.nextInt(3), DEPTH, "");
            }
            return text.toString();
        }

        private void mapping(int column, int depth, String first) {
            String indent = first.isEmpty() ? " ".repeat(column) : first;
            for (int i = random.nextInt(4); i >= 0; i--) {
                text.append(indent).append(key(i)).append(random.nextInt(9) == 0 ? " :" : ":");
                indent = " ".repeat(column);
                int kind = random.nextInt(depth == 0 ? 2 : 6);
                switch (kind) {
                    case 0 -> text.append(' ').append(scalar()).append(lineEnd());
                    case 1 -> text.append(lineEnd());
                    case 2 -> text.append("  ").append(flow(depth - 1)).append(lineEnd());
                    case 3 -> {
                        text.append(lineEnd());
                        sequence(column + random.nextInt(3), depth - 1);
                    }
                    case 4 -> {
                        text.append(lineEnd()).append(" ".repeat(column + 1));
                        text.append(random.nextBoolean() ? scalar() : flow(depth - 1));
                        text.append(lineEnd());
                    }
                    default -> {
                        text.append(lineEnd());
                        mapping(column + 1 + random.nextInt(3), depth - 1, "");
                    }
                }
            }
        }

        private void sequence(int column, int depth) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                text.append(" ".repeat(column)).append('-');
                int gap = 1 + random.nextInt(3);
                switch (random.nextInt(depth == 0 ? 2 : 4)) {
                    case 0 -> text.append(lineEnd());
                    case 1 -> text.append(" ".repeat(gap)).append(scalar()).append(lineEnd());
                    case 2 ->
                            text.append(" ".repeat(gap)).append(flow(depth - 1)).append(lineEnd());
                    default -> mapping(column + 1 + gap, depth - 1, " ".repeat(gap));
                }
            }
        }

        private String flow(int depth) {
            boolean isMap = random.nextBoolean();
            StringBuilder flow = new StringBuilder(isMap ? "{" : "[");
            int size = random.nextInt(4);
            for (int i = 0; i < size; i++) {
                flow.append(i == 0 ? "" : ",").append(gap());
                if (isMap) {
                    flow.append(key(i)).append(": ");
                }
                boolean isEmpty = isMap && random.nextInt(5) == 0;
                String value = random.nextInt(3) > 0 || depth <= 0 ? flowScalar() : flow(depth - 1);
                flow.append(isEmpty ? "" : value).append(gap());
            }
            return flow.append(isMap ? "}" : "]").toString();
        }

        private String gap() {
            return switch (random.nextInt(8)) {
                case 0 -> "\n    ";
                case 1 -> " # note, \"x\n  ";
                case 2, 3 -> " ";
                default -> "";
            };
        }

        private String key(int number) {
            return switch (random.nextInt(4)) {
                case 0 -> "\"k" + number + "\"";
                case 1 -> "'k" + number + "'";
                case 2 -> "penstock.dev/k" + number;
                default -> "k" + number;
            };
        }

        private String flowScalar() {
            String scalar = scalar();
            return scalar.equals("/path?q=1") ? "x" : scalar;
        }

        private String scalar() {
            return SCALARS[random.nextInt(SCALARS.length)];
        }

        private String lineEnd() {
            return LINE_ENDS[random.nextInt(LINE_ENDS.length)];
        }
    }
}
