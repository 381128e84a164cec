package dev.penstock.proxy.echo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a path asks of an echo backend, by any of its elements: {@code /status/503}, {@code
 * /delay/200ms}, {@code /bytes/1000}; they may be joined.
 *
 * @param status the status of the answer
 * @param delayMillis how long to wait before it
 * @param bytes how many bytes to send in place of the JSON; -1 for the JSON
 */
record EchoOrder(int status, long delayMillis, long bytes) {

    private static final Pattern STATUS = Pattern.compile("/status/([2-5]\\d\\d)(?=[/?]|$)");
    private static final Pattern DELAY = Pattern.compile("/delay/(\\d{1,7})(ms|s)?(?=[/?]|$)");
    private static final Pattern BYTES = Pattern.compile("/bytes/(\\d{1,12})(?=[/?]|$)");

    static EchoOrder parse(String path) {
        Matcher status = STATUS.matcher(path);
        Matcher delay = DELAY.matcher(path);
        Matcher bytes = BYTES.matcher(path);
        long delayMillis = 0;
        if (delay.find()) {
            boolean seconds = !"ms".equals(delay.group(2));
            delayMillis = Long.parseLong(delay.group(1)) * (seconds ? 1000 : 1);
        }
        return new EchoOrder(
                status.find() ? Integer.parseInt(status.group(1)) : 200,
                delayMillis,
                bytes.find() ? Long.parseLong(bytes.group(1)) : -1);
    }

    /** Whether an answer of the status has a body (RFC 9110 section 6.4.1). */
    boolean mayHaveBody() {
        return status != 204 && status != 304;
    }
}
