package dev.penstock.l4.command;

import org.jspecify.annotations.Nullable;

/** A program is missing, failed or took too long. The message is one line for the log. */
public final class CommandException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String message;
    private final int exitCode;
    private final String errors;

    CommandException(String message, int exitCode, String errors, @Nullable Throwable cause) {
        super(message, cause);
        this.message = message;
        this.exitCode = exitCode;
        this.errors = errors;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** The program's exit code; -1 where it did not start or did not end in time. */
    public int exitCode() {
        return exitCode;
    }

    /** All that it wrote to its standard error output, of which the message has the first line. */
    public String errors() {
        return errors;
    }
}
