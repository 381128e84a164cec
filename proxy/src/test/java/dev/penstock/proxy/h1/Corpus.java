package dev.penstock.proxy.h1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the tables of good and bad messages. */
final class Corpus {

    /**
     * One message.
     *
     * @param verdict what must become of it; then conditions
     * @param text its bytes, one character each
     * @param end whether the connection ends behind it
     */
    record Case(
            String name,
            String request,
            String verdict,
            List<String> conditions,
            String text,
            boolean end) {

        /** The number behind a word among the conditions, or what is meant without. */
        int number(String word, int otherwise) {
            for (String condition : conditions) {
                if (condition.startsWith(word + ' ')) {
                    return Integer.parseInt(condition.substring(word.length() + 1));
                }
            }
            return otherwise;
        }

        boolean has(String condition) {
            return conditions.contains(condition);
        }

        /** What speaks against some bytes, or an empty list. */
        List<String> objections(String bytes) {
            String lower = bytes.toLowerCase(Locale.ROOT);
            List<String> found = new ArrayList<>();
            for (String condition : conditions) {
                if (condition.startsWith("no ")
                        && lower.contains(condition.substring(3).toLowerCase(Locale.ROOT))) {
                    found.add(condition);
                }
                if (condition.startsWith("has ") && !bytes.contains(condition.substring(4))) {
                    found.add(condition);
                }
            }
            return found;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Corpus() {}

    static List<Case> requests() {
        return read("/h1/requests.txt", false);
    }

    static List<Case> responses() {
        return read("/h1/responses.txt", true);
    }

    private static List<Case> read(String resource, boolean withRequest) {
        try (InputStream in = Corpus.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("# "))
                    .filter(line -> !line.equals("#"))
                    .map(line -> parse(line, withRequest))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case parse(String line, boolean withRequest) {
        String[] columns = line.split("\t", -1);
        int at = withRequest ? 2 : 1;
        if (columns.length != at + 2) {
            throw new IllegalStateException("columns: " + line);
        }
        List<String> verdict = new ArrayList<>();
        for (String part : columns[at].split(";", -1)) {
            verdict.add(unescape(part.stripLeading()));
        }
        String text = repeat(columns[at + 1]);
        boolean end = text.endsWith("\\F");
        return new Case(
                columns[0],
                withRequest ? columns[1] : "",
                verdict.removeFirst(),
                verdict,
                unescape(
                        (end ? text.substring(0, text.length() - 2) : text).replace("|", "\\r\\n")),
                end);
    }

    /** Writes out {@code {text*n}}, the innermost first. */
    private static String repeat(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int close = end(out, 0); close >= 0; close = end(out, close + 1)) {
            int open = out.lastIndexOf("{", close);
            int star = out.lastIndexOf("*", close);
            if (open >= 0 && star > open && isNumber(out, star + 1, close)) {
                int count = Integer.parseInt(out.substring(star + 1, close));
                String repeated = out.substring(open + 1, star).repeat(count);
                out.replace(open, close + 1, repeated);
                close = open + repeated.length() - 1;
            }
        }
        return out.toString();
    }

    private static int end(StringBuilder text, int from) {
        return text.indexOf("}", from);
    }

    private static boolean isNumber(CharSequence text, int from, int to) {
        return to > from && text.subSequence(from, to).chars().allMatch(Character::isDigit);
    }

    private static String unescape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            switch (escape) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalStateException("escape: " + text);
            }
        }
        return out.toString();
    }
}
