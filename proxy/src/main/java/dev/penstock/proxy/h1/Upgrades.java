package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;

/** Lists of protocols in {@code Upgrade} (RFC 9110 section 7.8). */
final class Upgrades {

    private static final byte[] H2 = Syntax.ascii("h2");
    private static final byte[] HTTP = Syntax.ascii("http/");

    private Upgrades() {}

    /**
     * Whether one of the protocols is HTTP itself. Such an upgrade is never taken: what follows
     * would pass the proxy unseen.
     */
    static boolean anotherHttp(MessageHead head) {
        byte[] b = head.bytes();
        int end = head.upgradeStart() + head.upgradeLength();
        for (int i = head.upgradeStart(); i < end; i++) {
            boolean memberStart =
                    i == head.upgradeStart() || b[i - 1] == ',' || Syntax.isSpace(b[i - 1]);
            if (memberStart && (startsWith(b, i, end, H2) || startsWith(b, i, end, HTTP))) {
                return true;
            }
        }
        return false;
    }

    /** Whether what is asked for is a list of protocols, names with or without version. */
    static boolean isList(MessageHead head) {
        byte[] b = head.bytes();
        int end = head.upgradeStart() + head.upgradeLength();
        boolean member = false;
        for (int i = head.upgradeStart(); i < end; i++) {
            boolean token = (Syntax.classes(b[i]) & Syntax.TOKEN) != 0;
            if (!token && b[i] != '/' && b[i] != ',' && !Syntax.isSpace(b[i])) {
                return false;
            }
            member |= token;
        }
        return member;
    }

    /** Whether a single protocol of an answer is among those that were asked for. */
    static boolean contains(String asked, MessageHead answer) {
        if (!answer.hasUpgrade()) {
            return false;
        }
        String chosen = answer.upgrade();
        for (String protocol : asked.split(",")) {
            if (protocol.trim().equalsIgnoreCase(chosen)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] b, int start, int end, byte[] prefix) {
        return end - start >= prefix.length
                && AsciiBytes.equalsIgnoreCase(b, start, prefix.length, prefix);
    }
}
