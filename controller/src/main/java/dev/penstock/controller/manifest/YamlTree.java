package dev.penstock.controller.manifest;

import dev.penstock.controller.decode.Located;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Builds trees from YAML 1.2, of which JSON is a part. Every value knows its line. What {@link
 * SimpleYaml} does not read is read by the library, straight from its parser's events, which costs
 * half of what its own tree does.
 *
 * <p>What a document can ask for is bounded: depth, and the number of values counting those behind
 * an alias each time it is used.
 */
final class YamlTree {

    static final int DEPTH_MAX = 64;
    static final int VALUES_MAX = 5_000_000;

    private static final String MERGE_KEY = "<<";
    private static final String STRING_TAG = "tag:yaml.org,2002:str";

    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).setUseMarks(true).build();

    private final ParserImpl events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final int firstLine;
    private int depth;
    private long values;

    /** A value that aliases refer to, and how many values it is made of. */
    private record Anchored(Located value, long values) {}

    private YamlTree(String text, int firstLine) {
        this.firstLine = firstLine;
        events = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text));
    }

    /**
     * Reads all documents of a text.
     *
     * @param firstLine the line of its file the text begins at
     * @return the root of each document that is not empty
     */
    static List<Located> read(String text, int firstLine) throws ManifestSyntaxException {
        List<Located> simple = SimpleYaml.read(text, firstLine);
        return simple == null ? readAny(text, firstLine) : simple;
    }

    /** As {@link #read}, whatever the text is like: by the library. */
    static List<Located> readAny(String text, int firstLine) throws ManifestSyntaxException {
        try {
            return new YamlTree(text, firstLine).documents();
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            String problem =
                    e.getProblem() == null ? String.valueOf(e.getContext()) : e.getProblem();
            throw new ManifestSyntaxException(
                    firstLine + (mark == null ? 0 : mark.getLine()), oneLine(problem));
        } catch (YamlEngineException e) {
            throw new ManifestSyntaxException(firstLine, oneLine(String.valueOf(e.getMessage())));
        }
    }

    private List<Located> documents() throws ManifestSyntaxException {
        List<Located> roots = new ArrayList<>();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof NodeEvent node) {
                Located root = value(node);
                if (root.value() != null) {
                    roots.add(root);
                }
            } else if (event.getEventId() == Event.ID.DocumentEnd) {
                anchors.clear();
                values = 0;
            }
        }
        return roots;
    }

    private Located value(NodeEvent event) throws ManifestSyntaxException {
        int line = line(event);
        if (event instanceof AliasEvent alias) {
            return anchored(alias, line);
        }
        long before = values;
        count(1, line);
        Located value =
                switch (event.getEventId()) {
                    case MappingStart -> new Located(map(line), line);
                    case SequenceStart -> new Located(list(line), line);
                    default -> new Located(scalar((ScalarEvent) event), line);
                };
        if (event.getAnchor().isPresent()) {
            anchors.put(event.getAnchor().get(), new Anchored(value, values - before));
        }
        return value;
    }

    private Located anchored(AliasEvent alias, int line) throws ManifestSyntaxException {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            throw new ManifestSyntaxException(
                    line, "alias *" + alias.getAlias() + " has no anchor before it");
        }
        count(anchored.values, line);
        return anchored.value;
    }

    private Map<String, Object> map(int line) throws ManifestSyntaxException {
        enter(line);
        Map<String, Object> map = new LinkedHashMap<>();
        List<Located> merged = List.of();
        for (Event event = events.next();
                event.getEventId() != Event.ID.MappingEnd;
                event = events.next()) {
            if (!(event instanceof ScalarEvent key)) {
                throw new ManifestSyntaxException(line(event), "a key is not a string");
            }
            Located value = value((NodeEvent) events.next());
            if (key.isPlain() && key.getValue().equals(MERGE_KEY)) {
                merged = sources(value);
            } else if (map.put(key.getValue(), value) != null) {
                throw new ManifestSyntaxException(
                        line(key), "duplicate key " + oneLine(key.getValue()));
            }
        }
        for (Located source : merged) {
            if (source.value() instanceof Map<?, ?> from) {
                from.forEach((key, value) -> map.putIfAbsent((String) key, value));
            }
        }
        depth--;
        return map;
    }

    /** The maps that a merge key adds (YAML 1.1, as kubectl reads it): one, or a list of them. */
    private static List<Located> sources(Located value) {
        List<Located> sources = new ArrayList<>();
        if (value.value() instanceof List<?> list) {
            list.forEach(item -> sources.add((Located) item));
        } else {
            sources.add(value);
        }
        return sources;
    }

    private List<Object> list(int line) throws ManifestSyntaxException {
        enter(line);
        List<Object> list = new ArrayList<>(4);
        for (Event event = events.next();
                event.getEventId() != Event.ID.SequenceEnd;
                event = events.next()) {
            list.add(value((NodeEvent) event));
        }
        depth--;
        return list;
    }

    private static @Nullable Object scalar(ScalarEvent event) {
        if (!event.isPlain()) {
            return event.getValue();
        }
        boolean string = event.getTag().isPresent() && event.getTag().get().equals(STRING_TAG);
        return string ? event.getValue() : PlainScalar.resolve(event.getValue());
    }

    private void enter(int line) throws ManifestSyntaxException {
        if (++depth > DEPTH_MAX) {
            throw new ManifestSyntaxException(line, "nested more than " + DEPTH_MAX + " deep");
        }
    }

    private void count(long more, int line) throws ManifestSyntaxException {
        values += more;
        if (values > VALUES_MAX) {
            throw new ManifestSyntaxException(
                    line, "more than " + VALUES_MAX + " values in one document");
        }
    }

    private int line(Event event) {
        return firstLine + event.getStartMark().map(Mark::getLine).orElse(0);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
