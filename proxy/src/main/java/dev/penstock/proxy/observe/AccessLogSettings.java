package dev.penstock.proxy.observe;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and how requests are written down.
 *
 * @param destination the kind of place
 * @param file the file to append to; null unless that is the destination
 * @param format how a line looks
 * @param bufferBytes bytes of lines that an event loop may be ahead of the writer, a power of two;
 *     beyond, lines are dropped and counted
 * @param flushInterval how long a line may wait for others
 */
public record AccessLogSettings(
        Destination destination,
        @Nullable Path file,
        Format format,
        int bufferBytes,
        Duration flushInterval) {

    /** Where lines go. */
    public enum Destination {
        OFF,
        STDOUT,
        FILE
    }

    /** How a line looks. */
    public enum Format {
        /** The combined log format and more behind it. */
        TEXT,
        /** One JSON object. */
        JSON
    }

    private static final int BUFFER_BYTES = 1 << 20;
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(200);

    public AccessLogSettings {
        requireNonNull(destination, "destination");
        requireNonNull(format, "format");
        requireNonNull(flushInterval, "flushInterval");
        if ((destination == Destination.FILE) != (file != null)) {
            throw new IllegalArgumentException(
                    "file: " + file + " (expected: one for FILE and for nothing else)");
        }
    }

    /**
     * As a command line has it.
     *
     * @param destination {@code off}, {@code -} for standard output, or a file
     */
    public static AccessLogSettings of(String destination, Format format) {
        return switch (destination) {
            case "off" -> with(Destination.OFF, null, format);
            case "-" -> with(Destination.STDOUT, null, format);
            default -> with(Destination.FILE, Path.of(destination), format);
        };
    }

    private static AccessLogSettings with(
            Destination destination, @Nullable Path file, Format format) {
        return new AccessLogSettings(destination, file, format, BUFFER_BYTES, FLUSH_INTERVAL);
    }
}
