package dev.penstock.controller.state;

/** There is nothing to read from, and there will not be: a wrong path or setting. */
public final class SourceUnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * @param message what is missing, in one line
     */
    public SourceUnavailableException(String message) {
        super(message);
    }
}
