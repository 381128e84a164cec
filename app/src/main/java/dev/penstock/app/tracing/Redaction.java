package dev.penstock.app.tracing;

import java.util.Set;

/**
 * Takes signatures out of URLs, by the list of OpenTelemetry's semantic conventions ({@code
 * url.full}).
 */
final class Redaction {

    private static final Set<String> SECRETS =
            Set.of("AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature");

    private Redaction() {}

    /** A path with its query. */
    static String target(String target) {
        int question = target.indexOf('?');
        return question < 0
                ? target
                : target.substring(0, question + 1) + query(target.substring(question + 1));
    }

    static String query(String query) {
        StringBuilder out = new StringBuilder(query.length());
        for (String parameter : query.split("&", -1)) {
            if (!out.isEmpty()) {
                out.append('&');
            }
            int equals = parameter.indexOf('=');
            if (equals >= 0 && SECRETS.contains(parameter.substring(0, equals))) {
                out.append(parameter, 0, equals + 1).append("REDACTED");
            } else {
                out.append(parameter);
            }
        }
        return out.toString();
    }
}
