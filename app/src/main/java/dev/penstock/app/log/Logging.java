package dev.penstock.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging in code, which starts faster than a file that has to be parsed: one line an event
 * on standard error, as text.
 */
public final class Logging extends ContextAwareBase implements Configurator {

    private static final String PATTERN =
            "%date{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %message%n%ex{full}";
    private static final String PATTERN_WITHOUT_STACKS =
            "%date{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %message%n%nopex";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        setLevel(context, Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sets the level of the program's own log lines. Stack traces show at {@code debug} and {@code
     * trace} only; other libraries' lines stay at {@code warn} unless the level is {@code trace}.
     *
     * @param level error, warn, info, debug or trace, in any case
     */
    public static void level(String level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            setLevel(context, Level.toLevel(level.toUpperCase(Locale.ROOT), Level.INFO));
        }
    }

    private static void setLevel(LoggerContext context, Level level) {
        boolean verbose = Level.DEBUG.isGreaterOrEqual(level);
        showStacks(context, verbose);
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        if (level.equals(Level.TRACE)) {
            root.setLevel(Level.DEBUG);
        }
        context.getLogger("dev.penstock").setLevel(level);
        // It says again and again, at length, what the controller says in one line.
        context.getLogger("io.fabric8").setLevel(verbose ? level : Level.OFF);
    }

    /** Chooses whether lines have the logger's name and stack traces. */
    static void showStacks(LoggerContext context, boolean verbose) {
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        String name = verbose ? "stacks" : "lines";
        if (root.getAppender(name) != null) {
            return;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(verbose ? PATTERN : PATTERN_WITHOUT_STACKS);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName(name);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }
}
