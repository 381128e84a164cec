package dev.penstock.proxy.h1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of HTTP/1.1, made from RFC 9112 without a look at the codec: what it does not
 * understand without doubt is an {@link AssertionError}.
 */
final class Judge {

    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (/[\\x21-\\x7e]*|\\*) HTTP/1\\.1");
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.1 ([1-5][0-9]{2}) [A-Za-z -]*");
    private static final Pattern FIELD =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]+): ((?:[\\x21-\\x7e\\x80-\\xff]"
                            + "(?:[\\t\\x20-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?)?)");
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");

    /** Protocols, none of which is HTTP again. */
    private static final Pattern UPGRADE =
            Pattern.compile("(?i)(?!(?:.*[, \\t])?(?:h2|http/))[!#$%&'*+.^_`|~0-9A-Za-z/, \t-]+");

    private static final Pattern CHUNK = Pattern.compile("([0-9a-f]{1,8})\r\n");

    /** A message that was read, and where the next one begins. */
    record Message(String startLine, int status, String body, int end) {}

    private final String bytes;
    private int at;
    private long length;
    private boolean chunked;
    private int hosts;
    private boolean close;

    private Judge(String bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    /** The whole requests in some bytes, behind which part of another may be. */
    static List<Message> requests(String bytes) {
        List<Message> found = new ArrayList<>();
        int from = 0;
        while (from < bytes.length()) {
            Message message = new Judge(bytes, from).request();
            if (message == null) {
                break;
            }
            found.add(message);
            from = message.end();
        }
        return found;
    }

    /**
     * The whole responses in some bytes, interim ones too, behind which part of another may be.
     *
     * @param ended whether the connection ended behind the bytes
     */
    static List<Message> responses(String bytes, boolean toHead, boolean ended) {
        List<Message> found = new ArrayList<>();
        int from = 0;
        while (from < bytes.length()) {
            Message message = new Judge(bytes, from).response(toHead, ended);
            if (message == null) {
                break;
            }
            found.add(message);
            from = message.end();
            if (message.status() == 101) {
                break;
            }
        }
        return found;
    }

    private @Nullable Message request() {
        String line = line();
        if (line == null) {
            return null;
        }
        check(REQUEST_LINE.matcher(line).matches(), "request line", line);
        if (!fields(true)) {
            return null;
        }
        check(hosts == 1, "hosts", String.valueOf(hosts));
        String body = chunked ? chunks() : take(Math.max(length, 0));
        return body == null ? null : new Message(line, 0, body, at);
    }

    private @Nullable Message response(boolean toHead, boolean ended) {
        String line = line();
        if (line == null) {
            return null;
        }
        Matcher matcher = STATUS_LINE.matcher(line);
        check(matcher.matches(), "status line", line);
        int status = Integer.parseInt(matcher.group(1));
        if (!fields(false)) {
            return null;
        }
        String body;
        if (toHead || status < 200 || status == 204 || status == 304) {
            check(!chunked && (status != 204 || length < 0), "body of", line);
            body = "";
        } else if (chunked) {
            body = chunks();
        } else if (length >= 0) {
            body = take(length);
        } else {
            check(close, "a body up to the connection's end without saying so", line);
            body = ended ? take(bytes.length() - at) : null;
        }
        return body == null ? null : new Message(line, status, body, at);
    }

    private boolean fields(boolean request) {
        length = -1;
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                return true;
            }
            Matcher matcher = FIELD.matcher(line);
            check(matcher.matches(), "field", line);
            field(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2), request);
        }
        return false;
    }

    private void field(String name, String value, boolean request) {
        switch (name) {
            case "content-length" -> {
                check(!chunked && length < 0 && value.matches("[0-9]{1,18}"), "length", value);
                length = Long.parseLong(value);
            }
            case "transfer-encoding" -> {
                check(!chunked && length < 0 && value.equals("chunked"), "coding", value);
                chunked = true;
            }
            case "host" -> {
                hosts++;
                check(!request || value.isEmpty() || HOST.matcher(value).matches(), "host", value);
            }
            case "connection" -> {
                check(
                        value.matches("close|keep-alive|te|upgrade(, te)?"),
                        "connection option",
                        value);
                close = value.equals("close");
            }
            case "te" -> check(value.equals("trailers"), "te", value);
            case "upgrade" -> check(UPGRADE.matcher(value).matches(), "upgrade", value);
            case "expect" -> check(value.equals("100-continue"), "expect", value);
            case "keep-alive", "proxy-connection", "proxy", "http2-settings", "trailers" ->
                    throw new AssertionError("field of one connection: " + name);
            default ->
                    check(
                            !name.matches("(host|content_length|transfer_encoding|x_forwarded.*)"),
                            "alias",
                            name);
        }
    }

    private @Nullable String chunks() {
        StringBuilder body = new StringBuilder();
        while (true) {
            int end = bytes.indexOf("\r\n", at);
            if (end < 0) {
                return null;
            }
            Matcher size = CHUNK.matcher(bytes.substring(at, end + 2));
            check(size.matches(), "chunk size", bytes.substring(at, end));
            at = end + 2;
            int chunk = Integer.parseInt(size.group(1), 16);
            if (chunk == 0) {
                return trailers() ? body.toString() : null;
            }
            String data = take(chunk);
            String after = data == null ? null : take(2);
            if (after == null) {
                return null;
            }
            check(after.equals("\r\n"), "end of chunk", after);
            body.append(data);
        }
    }

    private boolean trailers() {
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                return true;
            }
            Matcher matcher = FIELD.matcher(line);
            check(matcher.matches(), "trailer", line);
            check(
                    !matcher.group(1)
                            .matches(
                                    "(?i)content-length|transfer-encoding|host|connection|cookie"
                                            + "|authorization|x-forwarded-.*|upgrade|te"),
                    "trailer",
                    line);
        }
        return false;
    }

    private @Nullable String line() {
        int end = bytes.indexOf("\r\n", at);
        if (end < 0) {
            return null;
        }
        String line = bytes.substring(at, end);
        at = end + 2;
        return line;
    }

    private @Nullable String take(long count) {
        if (at + count > bytes.length()) {
            return null;
        }
        String taken = bytes.substring(at, at + (int) count);
        at += (int) count;
        return taken;
    }

    private static void check(boolean holds, String what, String found) {
        if (!holds) {
            throw new AssertionError("ambiguous " + what + ": <" + found + '>');
        }
    }
}
