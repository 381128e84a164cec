package dev.penstock.l4.node;

import org.jspecify.annotations.Nullable;

/** The kernel, or the program that talks to it, refused. The message is one line for the log. */
public final class RulesException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String message;

    public RulesException(String message) {
        this(message, null);
    }

    public RulesException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
