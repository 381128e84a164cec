package dev.penstock.app.admin;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * An answer of the admin port.
 *
 * @param status the status code
 * @param contentType the value of {@code Content-Type}
 * @param body the body; not to be changed
 * @param headers further header fields by name
 */
public record AdminAnswer(
        int status, String contentType, byte[] body, Map<String, String> headers) {

    public AdminAnswer {
        requireNonNull(contentType, "contentType");
        requireNonNull(body, "body");
        headers = Map.copyOf(headers);
    }

    /** An answer without further header fields. */
    public AdminAnswer(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    /** The answer with a header field more. */
    public AdminAnswer with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new AdminAnswer(status, contentType, body, more);
    }

    /** An answer of plain text, ended by a newline. */
    public static AdminAnswer text(int status, String text) {
        String line = text.endsWith("\n") ? text : text + "\n";
        return new AdminAnswer(
                status, "text/plain; charset=utf-8", line.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer of JSON that is already written. */
    public static AdminAnswer json(int status, byte[] json) {
        return new AdminAnswer(status, "application/json", json);
    }
}
