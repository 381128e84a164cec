package dev.penstock.controller.decode;

import dev.penstock.controller.state.Finding;
import dev.penstock.model.ProblemReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value of an object's tree together with its path, so that whatever is wrong with it is reported
 * with the field's name and line. A field that the object does not have is a field with no value.
 * Reading a value as a type it does not have reports a finding and gives what an absent field
 * gives.
 */
final class TreeField {

    /** What happens to a field of a wrong type, unless the caller says more. */
    private static final String IGNORED = "the field is ignored";

    private final @Nullable TreeField parent;
    private final String name;
    private final int index;
    private final @Nullable Object value;
    private final int line;
    private final Report report;

    /** What all fields of one object share. */
    private record Report(List<Finding> findings, StringTable strings, int firstLine) {}

    private TreeField(
            @Nullable TreeField parent,
            String name,
            int index,
            @Nullable Object raw,
            Report report) {
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.report = report;
        if (raw instanceof Located(Object located, int at)) {
            value = located;
            line = at;
        } else {
            value = raw;
            line = parent == null ? report.firstLine : parent.line;
        }
    }

    /** The whole object. Findings of it and of all fields below are added to the list. */
    static TreeField root(
            @Nullable Object tree, List<Finding> findings, StringTable strings, int firstLine) {
        return new TreeField(null, "", -1, tree, new Report(findings, strings, firstLine));
    }

    /** The field of a name in this map. */
    TreeField get(String childName) {
        Object child = value instanceof Map<?, ?> map ? map.get(childName) : null;
        return new TreeField(this, childName, -1, child, report);
    }

    boolean isPresent() {
        return value != null;
    }

    /** Whether this is a map; anything else but an absent field is reported. */
    boolean isMap() {
        return isMap(IGNORED);
    }

    /**
     * Whether this is a map; anything else but an absent field is reported.
     *
     * @param consequence what happens when it is something else
     */
    boolean isMap(String consequence) {
        if (value != null && !(value instanceof Map)) {
            wrongType("a map", consequence);
        }
        return value instanceof Map;
    }

    /** The value as it is, for a field that may have several types. */
    @Nullable Object raw() {
        return value;
    }

    /** A text; null where absent. An empty text counts as absent. */
    @Nullable String text() {
        return text(IGNORED);
    }

    /**
     * A text; null where absent. An empty text counts as absent.
     *
     * @param consequence what happens when it is something else
     */
    @Nullable String text(String consequence) {
        if (value instanceof String text) {
            return text.isEmpty() ? null : report.strings.shared(text);
        }
        if (value != null) {
            wrongType("a string", consequence);
        }
        return null;
    }

    /** A text; the given one where absent. */
    String textOr(String absent) {
        String text = text();
        return text == null ? absent : text;
    }

    /** A whole number; the given one where absent. */
    int integerOr(int absent) {
        return integerOr(absent, IGNORED);
    }

    private int integerOr(int absent, String consequence) {
        if (value instanceof Number number) {
            long whole = number.longValue();
            if (whole == number.doubleValue() && whole == (int) whole) {
                return (int) whole;
            }
        }
        if (value != null) {
            wrongType("a whole number", consequence);
        }
        return absent;
    }

    /** A truth value; the given one where absent. */
    boolean flagOr(boolean absent) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value != null) {
            wrongType("true or false", IGNORED);
        }
        return absent;
    }

    /** A port number, 1 to 65535; 0 where absent, or reported and not usable. */
    int port(String consequence) {
        int port = integerOr(0, consequence);
        if (value instanceof Number && (port < 1 || port > 65535)) {
            reject(port + " is no port (expected: 1-65535)", consequence);
            return 0;
        }
        return port;
    }

    /** The items of a list; none where absent. */
    List<TreeField> items() {
        if (!(value instanceof List<?> list)) {
            if (value != null) {
                wrongType("a list", IGNORED);
            }
            return List.of();
        }
        List<TreeField> items = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            items.add(new TreeField(this, "", i, list.get(i), report));
        }
        return items;
    }

    /** The texts of a list; items of other types are reported and left out. */
    List<String> texts() {
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (TreeField item : items()) {
            String text = item.text();
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The fields of a map by name; none where absent. */
    Map<String, TreeField> fields() {
        if (!isMap()) {
            return Map.of();
        }
        Map<String, TreeField> fields = new LinkedHashMap<>();
        for (Object key : ((Map<?, ?>) Objects.requireNonNull(value)).keySet()) {
            if (key instanceof String childName) {
                fields.put(childName, get(childName));
            }
        }
        return fields;
    }

    /** Lines between the object's first line and this field's. */
    int lineOffset() {
        return Math.max(0, line - report.firstLine);
    }

    /** Reports a value that the field's type or the API does not allow. */
    void reject(String message, String consequence) {
        reject(ProblemReason.InvalidField, message, consequence);
    }

    /** Reports something about this field. */
    void reject(ProblemReason reason, String message, String consequence) {
        report.findings.add(new Finding(path(), reason, message, consequence, lineOffset()));
    }

    /** The field's path from the object, as in {@code spec.rules[0].host}. */
    String path() {
        if (parent == null) {
            return "";
        }
        String before = parent.path();
        if (index >= 0) {
            return before + "[" + index + "]";
        }
        if (name.indexOf('.') >= 0 || name.indexOf('/') >= 0) {
            return before + "[" + name + "]";
        }
        return before.isEmpty() ? name : before + "." + name;
    }

    private void wrongType(String expected, String consequence) {
        reject("is " + describe(value) + " (expected: " + expected + ")", consequence);
    }

    private static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> _ -> "a map";
            case List<?> _ -> "a list";
            case String text -> "the string \"" + Quoted.shortened(text) + "\"";
            case Boolean flag -> flag.toString();
            case Number number -> "the number " + number;
            default -> "of an unknown type";
        };
    }
}
