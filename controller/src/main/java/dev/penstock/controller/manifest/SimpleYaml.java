package dev.penstock.controller.manifest;

import dev.penstock.controller.decode.Located;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML as manifests are nearly always written: ASCII, block and flow collections, scalars of
 * one line, comments; JSON is among it. It gives up on everything else, and on every fault, so that
 * {@link YamlTree} reads or refuses it: what it does read is what {@link YamlTree} would, line by
 * line. It is there for its speed: a first read of 10,000 files takes three times as much of the
 * processor by the library alone.
 */
final class SimpleYaml {

    /** How far a key's colon is from its begin at most; YAML allows 1024. */
    private static final int KEY_MAX = 1000;

    /** Characters that plain scalars may begin with, beside letters and digits. */
    private static final String PLAIN_STARTS = "/._~+$(^";

    private final String text;
    private final int end;
    private int at;
    private int line;
    private int lineStart;
    private int depth;

    /** Thrown where the text is not simple, or not right; without a trace, since it is no fault. */
    private static final class GivenUp extends Exception {

        private static final long serialVersionUID = 1;

        private GivenUp() {
            super("not simple", null, false, false);
        }
    }

    private SimpleYaml(String text, int firstLine) {
        this.text = text;
        this.end = text.length();
        this.line = firstLine;
    }

    /**
     * Reads a text of one document.
     *
     * @param firstLine the line of its file the text begins at
     * @return its root, or nothing if it is empty; null for a text that is not simple
     */
    static @Nullable List<Located> read(String text, int firstLine) {
        // No value is shorter than a character, so that none of the bounds can be passed.
        if (text.length() > YamlTree.VALUES_MAX || !isSimple(text)) {
            return null;
        }
        try {
            return new SimpleYaml(text, firstLine).document();
        } catch (GivenUp _) {
            return null;
        }
    }

    /** Whether it is of one document, and of characters that mean themselves. */
    private static boolean isSimple(String text) {
        int length = text.length();
        boolean isLineStart = true;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                isLineStart = true;
                continue;
            }
            if (c < ' ' || c > '~') {
                return false;
            }
            if (isLineStart) {
                isLineStart = false;
                if (c == '%'
                        || (c == '.' && text.startsWith("...", i))
                        || (c == '-' && i > 0 && text.startsWith("---", i))) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<Located> document() throws GivenUp {
        if (text.startsWith("---")) {
            at = 3;
            requireBlank(at);
            requireLineEnd();
        }
        if (next() < 0) {
            return List.of();
        }
        Located root = node(true);
        if (next() >= 0) {
            throw new GivenUp();
        }
        return root.value() == null ? List.of() : List.of(root);
    }

    // ---- block collections

    /**
     * The value that begins here.
     *
     * @param mayBeBlock whether a block collection may begin here, which it may not after a key on
     *     its line
     */
    private Located node(boolean mayBeBlock) throws GivenUp {
        int firstLine = line;
        int column = at - lineStart;
        char first = text.charAt(at);
        if (first == '{' || first == '[') {
            Located value = flowCollection();
            requireLineEnd();
            return value;
        }
        if (isEntry()) {
            require(mayBeBlock);
            return new Located(sequence(column), firstLine);
        }
        int start = at;
        boolean isQuoted = first == '"' || first == '\'';
        String scalar = isQuoted ? quoted() : plain(false);
        if (isBeforeColon()) {
            require(mayBeBlock && at - start < KEY_MAX);
            requireBlank(at + 1);
            return new Located(mapping(column, scalar), firstLine);
        }
        requireLineEnd();
        return new Located(isQuoted ? scalar : PlainScalar.resolve(scalar), firstLine);
    }

    /** A mapping whose first key was read; its colon is here. */
    private Map<String, Object> mapping(int column, String firstKey) throws GivenUp {
        enter();
        Map<String, Object> map = new LinkedHashMap<>();
        String key = firstKey;
        while (true) {
            require(map.put(key, valueAfterColon(column)) == null);
            int nextColumn = next();
            require(nextColumn <= column);
            if (nextColumn < column) {
                depth--;
                return map;
            }
            int start = at;
            key = key(false);
            require(isBeforeColon() && at - start < KEY_MAX);
            requireBlank(at + 1);
        }
    }

    private Located valueAfterColon(int column) throws GivenUp {
        int keyLine = line;
        at++;
        if (!isLineEnd()) {
            return node(false);
        }
        int valueColumn = next();
        if (valueColumn > column) {
            return node(true);
        }
        int valueLine = line;
        return valueColumn == column && isEntry()
                ? new Located(sequence(column), valueLine)
                : new Located(null, keyLine);
    }

    private List<Object> sequence(int column) throws GivenUp {
        enter();
        List<Object> list = new ArrayList<>(4);
        int next = column;
        while (next == column && isEntry()) {
            int entryLine = line;
            at++;
            boolean isOnLine = !isLineEnd();
            list.add(isOnLine || next() > column ? node(true) : new Located(null, entryLine));
            next = next();
            require(next <= column);
        }
        depth--;
        return list;
    }

    /** Whether a dash that begins an entry of a block sequence is here. */
    private boolean isEntry() {
        return at < end && text.charAt(at) == '-' && isBlank(at + 1);
    }

    // ---- flow collections

    private Located flowCollection() throws GivenUp {
        enter();
        int firstLine = line;
        boolean isMap = text.charAt(at++) == '{';
        Located value = new Located(isMap ? flowMap() : flowList(), firstLine);
        depth--;
        return value;
    }

    private Map<String, Object> flowMap() throws GivenUp {
        Map<String, Object> map = new LinkedHashMap<>();
        boolean isMore = nextInFlow() != '}';
        while (isMore) {
            int start = at;
            String key = key(true);
            require(isBeforeColon() && at - start < KEY_MAX);
            int keyLine = line;
            at++;
            char first = nextInFlow();
            Located value =
                    first == ',' || first == '}' ? new Located(null, keyLine) : flowNode(first);
            require(map.put(key, value) == null);
            isMore = isMoreInFlow('}');
        }
        at++;
        return map;
    }

    private List<Object> flowList() throws GivenUp {
        List<Object> list = new ArrayList<>(4);
        boolean isMore = nextInFlow() != ']';
        while (isMore) {
            list.add(flowNode(text.charAt(at)));
            isMore = isMoreInFlow(']');
        }
        at++;
        return list;
    }

    private Located flowNode(char first) throws GivenUp {
        if (first == '{' || first == '[') {
            return flowCollection();
        }
        int firstLine = line;
        return first == '"' || first == '\''
                ? new Located(quoted(), firstLine)
                : new Located(PlainScalar.resolve(plain(true)), firstLine);
    }

    /** Moves to the next entry, or to the end of the collection. */
    private boolean isMoreInFlow(char close) throws GivenUp {
        char c = nextInFlow();
        if (c == close) {
            return false;
        }
        require(c == ',');
        at++;
        nextInFlow();
        return true;
    }

    private char nextInFlow() throws GivenUp {
        require(next() >= 0);
        return text.charAt(at);
    }

    // ---- scalars

    private String key(boolean isInFlow) throws GivenUp {
        char first = text.charAt(at);
        return first == '"' || first == '\'' ? quoted() : plain(isInFlow);
    }

    private String plain(boolean isInFlow) throws GivenUp {
        require(isPlainStart());
        int start = at;
        int last = at;
        int i = at;
        while (i < end) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '#' && text.charAt(i - 1) == ' ')) {
                break;
            }
            if (c == ':') {
                if (isBlank(i + 1)) {
                    break;
                }
                require(!isInFlow || ",[]{}".indexOf(text.charAt(i + 1)) < 0);
            } else if (isInFlow && (c == ',' || c == '[' || c == ']' || c == '{' || c == '}')) {
                break;
            }
            i++;
            if (c != ' ') {
                last = i;
            }
        }
        at = i;
        return text.substring(start, last);
    }

    private boolean isPlainStart() {
        char first = text.charAt(at);
        if (first == '-') {
            char second = at + 1 < end ? text.charAt(at + 1) : ' ';
            return isLetterOrDigit(second) || second == '-' || second == '.';
        }
        return isLetterOrDigit(first) || PLAIN_STARTS.indexOf(first) >= 0;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private String quoted() throws GivenUp {
        char quote = text.charAt(at);
        int start = ++at;
        StringBuilder unescaped = null;
        while (true) {
            require(at < end);
            char c = text.charAt(at++);
            require(c != '\n');
            if (c == quote && !(quote == '\'' && at < end && text.charAt(at) == quote)) {
                String rest = text.substring(start, at - 1);
                return unescaped == null ? rest : unescaped.append(rest).toString();
            }
            if (c == quote || (c == '\\' && quote == '"')) {
                unescaped = unescaped == null ? new StringBuilder() : unescaped;
                unescaped.append(text, start, at - 1).append(c == quote ? quote : escaped());
                start = ++at;
            }
        }
    }

    private char escaped() throws GivenUp {
        require(at < end);
        return switch (text.charAt(at)) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'n' -> '\n';
            case 't' -> '\t';
            default -> throw new GivenUp();
        };
    }

    // ---- between them

    /** Moves over spaces, line ends and comments; the column of what is next, -1 at the end. */
    private int next() throws GivenUp {
        while (at < end) {
            char c = text.charAt(at);
            if (c == '\n') {
                at++;
                line++;
                lineStart = at;
            } else if (c == ' ') {
                at++;
            } else if (c == '#') {
                require(at == lineStart || text.charAt(at - 1) == ' ');
                int lineEnd = text.indexOf('\n', at);
                at = lineEnd < 0 ? end : lineEnd;
            } else {
                return at - lineStart;
            }
        }
        return -1;
    }

    private void skipSpaces() {
        while (at < end && text.charAt(at) == ' ') {
            at++;
        }
    }

    /** Whether a colon is next on this line; moves to it. */
    private boolean isBeforeColon() {
        skipSpaces();
        return at < end && text.charAt(at) == ':';
    }

    /** Whether nothing but a comment is left on this line; moves to what is left. */
    private boolean isLineEnd() {
        skipSpaces();
        return at == end
                || text.charAt(at) == '\n'
                || (text.charAt(at) == '#' && text.charAt(at - 1) == ' ');
    }

    private void requireLineEnd() throws GivenUp {
        require(isLineEnd());
    }

    private void requireBlank(int index) throws GivenUp {
        require(isBlank(index));
    }

    /** Whether a space, a line end or nothing is there. */
    private boolean isBlank(int index) {
        return index >= end || text.charAt(index) == ' ' || text.charAt(index) == '\n';
    }

    private void enter() throws GivenUp {
        require(++depth <= YamlTree.DEPTH_MAX);
    }

    private static void require(boolean condition) throws GivenUp {
        if (!condition) {
            throw new GivenUp();
        }
    }
}
