package dev.penstock.e2e.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A value of a YAML or JSON document. What is asked for and not there is an error.
 *
 * @param value a map, a list or a scalar
 */
public record Tree(Object value) {

    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

    /** Reads one document. */
    public static Tree parse(String text) {
        return new Tree(new Load(SETTINGS).loadFromString(text));
    }

    /** Reads all documents that are not empty. */
    public static List<Tree> parseAll(String text) {
        List<Tree> documents = new ArrayList<>();
        for (Object document : new Load(SETTINGS).loadAllFromString(text)) {
            if (document != null) {
                documents.add(new Tree(document));
            }
        }
        return documents;
    }

    /** What is below keys, one below the other; empty where one of them is not there. */
    public Optional<Tree> find(String... path) {
        Optional<Tree> found = Optional.of(this);
        for (String key : path) {
            found =
                    found.flatMap(tree ->
                            tree.value instanceof Map<?, ?> map
                                    ? Optional.ofNullable(map.get(key)).map(Tree::new)
                                    : Optional.empty());
        }
        return found;
    }

    /** As {@link #find}, where all keys are known to be there. */
    public Tree at(String... path) {
        return find(path).orElseThrow(() -> new IllegalArgumentException(String.join(".", path)));
    }

    public List<Tree> list() {
        List<Tree> items = new ArrayList<>();
        for (Object item : (List<?>) value) {
            items.add(new Tree(item));
        }
        return items;
    }

    /** The keys of a map, in their order. */
    public List<String> keys() {
        return ((Map<?, ?>) value).keySet().stream().map(Object::toString).toList();
    }

    public String text() {
        return value.toString();
    }
}
