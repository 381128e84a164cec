package dev.penstock.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Levels of loggers while the program runs. Any thread. */
public final class LogLevels {

    /** Takes a logger's own level away, so that it has that of the one above it. */
    public static final String INHERIT = "inherit";

    private static final Set<String> LEVELS =
            Set.of("off", "error", "warn", "info", "debug", "trace");

    private LogLevels() {}

    /** The loggers that have a level of their own, by name; others have that of the one above. */
    public static SortedMap<String, String> all() {
        SortedMap<String, String> levels = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), text(logger.getLevel()));
            }
        }
        return levels;
    }

    /** The level that counts for a logger; null where nobody has asked for it yet. */
    public static @Nullable String of(String name) {
        Logger logger = context().exists(name);
        return logger == null ? null : text(logger.getEffectiveLevel());
    }

    /**
     * Changes the level of one logger and of all below it that have none of their own.
     *
     * @throws IllegalArgumentException if there is no such level or logger
     */
    public static void change(String name, String level) {
        String wanted = level.toLowerCase(Locale.ROOT);
        boolean inherit = wanted.equals(INHERIT);
        if (!inherit && !LEVELS.contains(wanted)) {
            throw new IllegalArgumentException(
                    "level: no such level (expected: off, error, warn, info, debug, trace or "
                            + INHERIT
                            + ")");
        }
        Logger logger = context().exists(name);
        if (logger == null) {
            throw new IllegalArgumentException(
                    "name: no logger or package of that name has logged or been loaded yet");
        }
        if (inherit && logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME)) {
            throw new IllegalArgumentException("level: nothing is above the root logger");
        }
        logger.setLevel(inherit ? null : Level.toLevel(wanted));
        Logging.showStacks(
                context(), context().getLoggerList().stream().anyMatch(LogLevels::isVerbose));
    }

    /**
     * Sets all levels as the flag {@code --log-level} does.
     *
     * @throws IllegalArgumentException if there is no such level
     */
    public static void reset(String level) {
        String wanted = level.toLowerCase(Locale.ROOT);
        if (!LEVELS.contains(wanted) || wanted.equals("off")) {
            throw new IllegalArgumentException(
                    "level: no such level (expected: error, warn, info, debug or trace)");
        }
        for (Logger logger : context().getLoggerList()) {
            if (!logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME)) {
                logger.setLevel(null);
            }
        }
        Logging.level(wanted);
    }

    private static boolean isVerbose(Logger logger) {
        return logger.getLevel() != null && Level.DEBUG.isGreaterOrEqual(logger.getLevel());
    }

    private static String text(Level level) {
        return level.toString().toLowerCase(Locale.ROOT);
    }

    private static LoggerContext context() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("logs go elsewhere than to logback");
    }
}
