package dev.penstock.proxy.exchange;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.routing.RequestPath;
import dev.penstock.routing.RequestView;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request as the route table sees it. Reused for every request of a loop. */
final class RoutedRequest implements RequestView {

    private final RequestPath path = new RequestPath();
    private byte[] host = new byte[256];
    private int hostLength;
    private int authorityPortStart;
    private MessageHead head = new MessageHead();

    /**
     * Takes up a request. The head is read until the next call.
     *
     * @return whether its target is one to be routed
     */
    RequestPath.Verdict read(MessageHead request) {
        head = request;
        readHost();
        return path.parse(request.bytes(), request.pathStart(), request.pathLength());
    }

    private void readHost() {
        byte[] bytes = head.bytes();
        int start = head.authorityStart();
        int length = head.authorityLength();
        int end = start;
        int limit = start + length;
        if (length > 0 && bytes[start] == '[') {
            while (end < limit && bytes[end] != ']') {
                end++;
            }
            end = Math.min(end + 1, limit);
        } else {
            while (end < limit && bytes[end] != ':') {
                end++;
            }
        }
        authorityPortStart = Math.min(end + 1, limit);
        hostLength = end - start;
        if (hostLength > 1 && bytes[end - 1] == '.') {
            hostLength--;
        }
        if (hostLength > host.length) {
            host = new byte[hostLength];
        }
        for (int i = 0; i < hostLength; i++) {
            host[i] = AsciiBytes.toLower(bytes[start + i]);
        }
    }

    /** Where the port begins in the head's bytes; the authority's end where there is none. */
    int authorityPortStart() {
        return authorityPortStart;
    }

    RequestPath path() {
        return path;
    }

    @Override
    public byte[] hostBytes() {
        return host;
    }

    @Override
    public int hostStart() {
        return 0;
    }

    @Override
    public int hostLength() {
        return hostLength;
    }

    @Override
    public byte[] pathBytes() {
        return path.bytes();
    }

    @Override
    public int pathLength() {
        return path.length();
    }

    @Override
    public boolean methodIs(String method) {
        return head.methodLength() == method.length() && head.method().equals(method);
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        byte[] name = lowerCaseName.getBytes(StandardCharsets.US_ASCII);
        HeaderName known = HeaderName.find(name, 0, name.length);
        if (known == HeaderName.HOST) {
            return head.authority();
        }
        StringBuilder joined = null;
        for (int i = 0; i < head.fieldCount(); i++) {
            if (AsciiBytes.equalsIgnoreCase(
                    head.bytes(), head.nameStart(i), head.nameLength(i), name)) {
                if (joined == null) {
                    joined = new StringBuilder();
                } else {
                    joined.append(", ");
                }
                joined.append(head.text(head.valueStart(i), head.valueLength(i)));
            }
        }
        return joined;
    }

    @Override
    public @Nullable CharSequence query(String name) {
        int start = path.queryStart();
        if (start < 0) {
            return null;
        }
        String query = head.text(start, head.pathStart() + head.pathLength() - start);
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String key = equals < 0 ? parameter : parameter.substring(0, equals);
            if (decode(key).equals(name)) {
                return equals < 0 ? "" : decode(parameter.substring(equals + 1));
            }
        }
        return null;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // A malformed escape stands for itself.
            return text;
        }
    }
}
