package dev.penstock.app;

import dev.penstock.app.cli.Cli;

/** Where the program starts. */
public final class Main {

    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty(LEAK_DETECTION) == null) {
            // Netty's default follows one buffer in some hundred, which takes a good part of the
            // time that a request takes. It looks once, when its first class is loaded.
            System.setProperty(LEAK_DETECTION, "disabled");
        }
        System.exit(Cli.run(args));
    }
}
