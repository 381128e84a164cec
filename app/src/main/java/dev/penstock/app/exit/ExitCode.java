package dev.penstock.app.exit;

/** The exit codes of every command. */
public final class ExitCode {

    /** All went well. */
    public static final int OK = 0;

    /** A Problem was found. */
    public static final int PROBLEM = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** The program could not start or do its work. */
    public static final int FAILED = 3;

    private ExitCode() {}
}
