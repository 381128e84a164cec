package dev.penstock.model;

import static java.util.Objects.requireNonNull;

/**
 * Where in a directory of manifests something stands.
 *
 * @param file the file, relative to the directory that was given
 * @param line the line, counted from 1
 */
public record SourceLocation(String file, int line) {

    public SourceLocation {
        requireNonNull(file, "file");
        if (line < 1) {
            throw new IllegalArgumentException("line: " + line + " (expected: >= 1)");
        }
    }

    @Override
    public String toString() {
        return file + ":" + line;
    }
}
