package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import java.nio.charset.StandardCharsets;

/** Heads for tests, and heads as text. */
final class Messages {

    private Messages() {}

    static MessageHead response(int status, long bodyLength) {
        MessageHead head = new MessageHead();
        head.status(status);
        head.bodyLength(bodyLength);
        return head;
    }

    static MessageHead request(String method, String authority, String path, long bodyLength) {
        MessageHead head = new MessageHead();
        head.method(head.append(method), method.length());
        head.authority(head.append(authority), authority.length());
        head.path(head.append(path), path.length());
        head.bodyLength(bodyLength);
        return head;
    }

    static String fields(MessageHead head) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < head.fieldCount(); i++) {
            text.append(head.text(head.nameStart(i), head.nameLength(i)))
                    .append('=')
                    .append(head.text(head.valueStart(i), head.valueLength(i)))
                    .append(';');
        }
        return text.toString();
    }

    static String request(MessageHead head) {
        return head.method()
                + ' '
                + head.authority()
                + ' '
                + head.path()
                + " length="
                + head.bodyLength()
                + (head.hasUpgrade() ? " upgrade=" + head.upgrade() : "")
                + (head.teTrailers() ? " te" : "")
                + (head.expectContinue() ? " expect" : "")
                + ' '
                + fields(head);
    }

    /** Lines, each with its CRLF. */
    static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
