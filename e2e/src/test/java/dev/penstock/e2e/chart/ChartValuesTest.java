package dev.penstock.e2e.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code values.yaml}, its schema and {@code docs/chart.md} speak of the same values. */
class ChartValuesTest {

    private static final Pattern LINE = Pattern.compile("^( *)([a-zA-Z]+): ?(.*)$");
    private static final String BEGIN = "<!-- values: made from charts/penstock/values.yaml -->\n";
    private static final String END = "<!-- end of values -->";

    /**
     * A value with a default.
     *
     * @param path its keys, with dots between
     * @param text the default as values.yaml writes it
     * @param comment what it is
     */
    private record Value(String path, String text, String comment) {}

    @Test
    void theSchemaKnowsTheValuesAndNoOthers() throws IOException {
        Set<String> inSchema = new TreeSet<>();
        Tree schema =
                Tree.parse(Files.readString(Helm.chart().resolve("values.schema.json"), UTF_8));
        collect(schema, "", inSchema);
        // Helm gives it to charts that are part of others.
        inSchema.remove("global");

        assertThat(inSchema).isEqualTo(new TreeSet<>(values().stream().map(Value::path).toList()));
    }

    @Test
    void everyValueHasAComment() throws IOException {
        assertThat(values()).hasSizeGreaterThan(100).noneMatch(value -> value.comment().isEmpty());
    }

    /** With -Dgolden.update=true it writes the table anew. */
    @Test
    void theTableOfTheDocumentationIsThatOfTheComments() throws IOException {
        Path page = PenstockProcess.checkout().resolve("docs/chart.md");
        String text = Files.readString(page, UTF_8);
        String wanted =
                text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
                        + table()
                        + text.substring(text.indexOf(END));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(page, wanted);
        }

        assertThat(Files.readString(page, UTF_8)).isEqualTo(wanted);
    }

    private static String table() throws IOException {
        StringBuilder table = new StringBuilder("| value | default | |\n| --- | --- | --- |\n");
        for (Value value : values()) {
            String text = value.text().equals("\"\"") ? "" : "`" + value.text() + "`";
            table.append("| `%s` | %s | %s |\n".formatted(value.path(), text, value.comment()));
        }
        return table.toString();
    }

    /** The values in the order of the file: it is written so that lines are enough to read it. */
    private static List<Value> values() throws IOException {
        List<Value> values = new ArrayList<>();
        List<String> path = new ArrayList<>();
        String comment = "";
        for (String line : Files.readAllLines(Helm.chart().resolve("values.yaml"), UTF_8)) {
            Matcher matcher = LINE.matcher(line);
            if (line.strip().startsWith("#")) {
                comment = line.strip().substring(1).strip();
            } else if (matcher.matches()) {
                int depth = matcher.group(1).length() / 2;
                path.subList(depth, path.size()).clear();
                path.add(matcher.group(2));
                if (path.getLast().equals("requests") || path.getLast().equals("limits")) {
                    continue;
                }
                String text = matcher.group(3);
                boolean isGroup = text.isEmpty() && !path.getLast().equals("resources");
                if (!isGroup) {
                    values.add(
                            new Value(
                                    String.join(".", path),
                                    text.isEmpty() ? "see the file" : text,
                                    comment));
                }
                comment = "";
            }
        }
        return values;
    }

    private static void collect(Tree schema, String path, Set<String> found) {
        Optional<Tree> properties = schema.find("properties");
        if (properties.isEmpty()) {
            found.add(path);
            return;
        }
        assertThat(schema.at("additionalProperties").text()).as(path).isEqualTo("false");
        for (String name : properties.get().keys()) {
            collect(properties.get().at(name), path.isEmpty() ? name : path + "." + name, found);
        }
    }
}
