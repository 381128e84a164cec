package dev.penstock.l4.command;

import org.jspecify.annotations.Nullable;

/** A program is missing, failed or took too long. The message is one line for the log. */
public final class CommandException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandException(String message, int exitCode, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The program's exit code; -1 where it did not start or did not end in time. */
    public int exitCode() {
        return exitCode;
    }
}
