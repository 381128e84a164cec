package dev.penstock.controller.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a file into its documents without parsing it, so that an edit of one of thousands parses
 * that one alone, and a broken one leaves the others readable. A line that begins with {@code ---}
 * and ends there or goes on with white space separates documents wherever it stands (YAML 1.2.2
 * rule c-forbidden), so the split is exact. A file with directives or explicit document ends is
 * left whole: there documents may depend on lines before them.
 */
final class DocumentSplitter {

    private static final String SEPARATOR = "---";

    private DocumentSplitter() {}

    /**
     * A part of a file that holds whole documents.
     *
     * @param text its text, with the separator it begins with
     * @param firstLine the line of the file it begins at, counted from 1
     */
    record Part(String text, int firstLine) {}

    static List<Part> split(String text) {
        List<Part> parts = new ArrayList<>();
        int partStart = 0;
        int partLine = 1;
        int line = 1;
        int start = 0;
        while (start < text.length()) {
            char first = text.charAt(start);
            if (first == '%' || (first == '.' && text.startsWith("...", start))) {
                return List.of(new Part(text, 1));
            }
            if (first == '-' && start > partStart && isSeparator(text, start)) {
                parts.add(new Part(text.substring(partStart, start), partLine));
                partStart = start;
                partLine = line;
            }
            int end = text.indexOf('\n', start);
            if (end < 0) {
                break;
            }
            start = end + 1;
            line++;
        }
        parts.add(new Part(text.substring(partStart), partLine));
        return parts;
    }

    private static boolean isSeparator(String text, int start) {
        int end = start + SEPARATOR.length();
        return text.startsWith(SEPARATOR, start)
                && (end == text.length() || Character.isWhitespace(text.charAt(end)));
    }
}
