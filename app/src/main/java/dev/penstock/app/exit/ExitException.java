package dev.penstock.app.exit;

import org.jspecify.annotations.Nullable;

/** Ends the program with an exit code and one line that a user can act on. */
public final class ExitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCode}
     * @param message one line without a trailing full stop
     */
    public ExitException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The command line is wrong. */
    public static ExitException usage(String message) {
        return new ExitException(ExitCode.USAGE, message, null);
    }

    /** The program could not start or do its work. */
    public static ExitException failed(String message, @Nullable Throwable cause) {
        return new ExitException(ExitCode.FAILED, message, cause);
    }

    public int exitCode() {
        return exitCode;
    }

    /** The message, which is never null here. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
