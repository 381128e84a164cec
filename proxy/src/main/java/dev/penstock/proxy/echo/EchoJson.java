package dev.penstock.proxy.echo;

import dev.penstock.proxy.message.MessageHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes one flat JSON object, a member a line. */
final class EchoJson {

    private final StringBuilder out = new StringBuilder(512);
    private boolean first = true;

    void begin() {
        out.append("{\n");
    }

    void field(String name, String value) {
        name(name);
        string(value);
    }

    void number(String name, long value) {
        name(name);
        out.append(value);
    }

    /** The fields of a head by lower-case name; a name that comes twice has its values in order. */
    void headers(MessageHead head) {
        fields("headers", head);
    }

    void trailers(MessageHead trailers) {
        fields("trailers", trailers);
    }

    String end() {
        return out.append("\n}\n").toString();
    }

    private void fields(String member, MessageHead head) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            String name = head.text(head.nameStart(i), head.nameLength(i)).toLowerCase(Locale.ROOT);
            fields.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(head.text(head.valueStart(i), head.valueLength(i)));
        }
        name(member);
        String separator = "{";
        for (Map.Entry<String, List<String>> field : fields.entrySet()) {
            out.append(separator).append("\n    ");
            string(field.getKey());
            out.append(": ");
            string(String.join(", ", field.getValue()));
            separator = ",";
        }
        out.append(fields.isEmpty() ? "{}" : "\n  }");
    }

    private void name(String name) {
        out.append(first ? "  " : ",\n  ");
        first = false;
        string(name);
        out.append(": ");
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        out.append("\\u00").append(c < 0x10 ? "0" : "").append(hex(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static String hex(char c) {
        return Integer.toHexString(c);
    }
}
