package dev.penstock.app;

import dev.penstock.app.cli.Cli;

/** Where the program starts. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(Cli.run(args));
    }
}
