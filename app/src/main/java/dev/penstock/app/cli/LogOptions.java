package dev.penstock.app.cli;

import dev.penstock.app.log.Logging;
import picocli.CommandLine.Option;

/** How much is logged. */
final class LogOptions {

    enum Level {
        error,
        warn,
        info,
        debug,
        trace
    }

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info, debug or trace; stack traces from debug on.")
    Level level = Level.info;

    void apply() {
        Logging.level(level.name());
    }
}
