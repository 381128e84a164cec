package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import dev.penstock.proxy.observe.AccessLogSettings;
import dev.penstock.proxy.observe.AccessLogSettings.Destination;
import dev.penstock.proxy.observe.AccessLogSettings.Rotation;
import picocli.CommandLine.Option;

/** Which requests are written down, where, and how. */
final class AccessLogOptions {

    @Option(
            names = "--access-log",
            paramLabel = "FILE|-|off",
            description = "Where requests are logged; - is standard output.")
    String destination = "off";

    @Option(
            names = "--access-log-format",
            paramLabel = "text|json|combined|PATTERN",
            description =
                    "The form of the access log; a pattern has variables as nginx's log_format.")
    String format = "text";

    @Option(
            names = "--access-log-sample-ratio",
            paramLabel = "0..1",
            description = "Which part of the requests is logged; errors always are.")
    double sampleRatio = 1;

    @Option(
            names = "--access-log-rotate-size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Puts the file aside from this size on, such as 100m; 0 is never.")
    long rotateSize;

    @Option(
            names = "--access-log-rotate-keep",
            paramLabel = "N",
            description = "How many files that were put aside are kept.")
    int rotateKeep = 5;

    AccessLogSettings settings() {
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw invalid("--access-log-sample-ratio", sampleRatio + " is not between 0 and 1");
        }
        if (rotateKeep < 1) {
            throw invalid("--access-log-rotate-keep", rotateKeep + " is below 1");
        }
        AccessLogSettings settings = formatted().withSampleRatio(sampleRatio);
        if (rotateSize > 0 && settings.destination() == Destination.STDOUT) {
            throw ExitException.usage("--access-log-rotate-size needs --access-log FILE");
        }
        return settings.withRotation(rotateSize == 0 ? null : new Rotation(rotateSize, rotateKeep));
    }

    private AccessLogSettings formatted() {
        try {
            return AccessLogSettings.of(destination, format);
        } catch (IllegalArgumentException e) {
            throw invalid("--access-log-format", String.valueOf(e.getMessage()));
        }
    }

    private static ExitException invalid(String option, String reason) {
        return ExitException.usage("Invalid value for option '" + option + "': " + reason);
    }
}
