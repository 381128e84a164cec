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
 * @param pattern the pattern of {@link Format#PATTERN}; empty for the others
 * @param sampleRatio which part of the requests is written, 0 to 1; those that did not go as they
 *     should are written always
 * @param rotation when a file is put aside for a new one; null for never
 * @param bufferBytes bytes of lines that an event loop may be ahead of the writer, a power of two;
 *     beyond, lines are dropped and counted
 * @param flushInterval how long a line may wait for others
 */
public record AccessLogSettings(
        Destination destination,
        @Nullable Path file,
        Format format,
        String pattern,
        double sampleRatio,
        @Nullable Rotation rotation,
        int bufferBytes,
        Duration flushInterval) {

    /**
     * When a file is put aside for a new one.
     *
     * @param bytes the size from which on it is; positive
     * @param keep how many old files are kept, {@code .1} the youngest; positive
     */
    public record Rotation(long bytes, int keep) {
        public Rotation {
            if (bytes < 1) {
                throw new IllegalArgumentException("bytes: " + bytes + " (expected: > 0)");
            }
            if (keep < 1) {
                throw new IllegalArgumentException("keep: " + keep + " (expected: > 0)");
            }
        }
    }

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
        JSON,
        /** By a pattern of one's own. */
        PATTERN
    }

    private static final int BUFFER_BYTES = 1 << 20;
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(200);

    public AccessLogSettings {
        requireNonNull(destination, "destination");
        requireNonNull(format, "format");
        requireNonNull(pattern, "pattern");
        requireNonNull(flushInterval, "flushInterval");
        if ((destination == Destination.FILE) != (file != null)) {
            throw new IllegalArgumentException(
                    "file: " + file + " (expected: one for FILE and for nothing else)");
        }
        if (format == Format.PATTERN) {
            PatternLines.check(pattern);
        }
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw new IllegalArgumentException(
                    "sampleRatio: " + sampleRatio + " (expected: 0 to 1)");
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

    /**
     * As a command line has it.
     *
     * @param destination {@code off}, {@code -} for standard output, or a file
     * @param format {@code text}, {@code json}, {@code combined}, or a pattern: anything with a
     *     {@code $}
     * @throws IllegalArgumentException if the format is neither
     */
    public static AccessLogSettings of(String destination, String format) {
        return switch (format) {
            case "text" -> of(destination, Format.TEXT);
            case "json" -> of(destination, Format.JSON);
            case "combined" -> of(destination, Format.TEXT).withPattern(PatternLines.COMBINED);
            default -> {
                if (format.indexOf('$') < 0) {
                    throw new IllegalArgumentException(
                            format
                                    + " is no format (expected: text, json, combined, or a pattern"
                                    + " such as '$remote_addr $status')");
                }
                yield of(destination, Format.TEXT).withPattern(format);
            }
        };
    }

    private static AccessLogSettings with(
            Destination destination, @Nullable Path file, Format format) {
        return new AccessLogSettings(
                destination, file, format, "", 1, null, BUFFER_BYTES, FLUSH_INTERVAL);
    }

    /** With lines by a pattern. */
    public AccessLogSettings withPattern(String lines) {
        return new AccessLogSettings(
                destination,
                file,
                Format.PATTERN,
                lines,
                sampleRatio,
                rotation,
                bufferBytes,
                flushInterval);
    }

    /** With a part of the requests only. */
    public AccessLogSettings withSampleRatio(double ratio) {
        return new AccessLogSettings(
                destination, file, format, pattern, ratio, rotation, bufferBytes, flushInterval);
    }

    /**
     * With files of a bounded size. Standard output has none.
     *
     * @param value null for no bound
     */
    public AccessLogSettings withRotation(@Nullable Rotation value) {
        return new AccessLogSettings(
                destination,
                file,
                format,
                pattern,
                sampleRatio,
                destination == Destination.FILE ? value : null,
                bufferBytes,
                flushInterval);
    }
}
