package dev.penstock.l4.node;

import org.jspecify.annotations.Nullable;

/** The kernel, or the program that talks to it, refused. The message is one line for the log. */
public final class RulesException extends Exception {

    private static final long serialVersionUID = 1L;

    public RulesException(String message) {
        super(message);
    }

    public RulesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
