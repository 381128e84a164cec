package dev.penstock.controller.manifest;

/** A document is not YAML, or is more than will be read. The message is one line. */
final class ManifestSyntaxException extends Exception {

    private static final long serialVersionUID = 1;

    private final int line;

    /**
     * @param line the line at fault, of the file, counted from 1
     */
    ManifestSyntaxException(int line, String message) {
        super(message);
        this.line = line;
    }

    int line() {
        return line;
    }
}
