package dev.penstock.l4.iptables;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Compares rules by what they mean: versions of {@code iptables-save} write the matches of a rule
 * in another order, quote other words and write addresses of IPv6 in another form. Where this finds
 * two rules different that are not, a chain is written once more than it need be.
 */
final class RuleText {

    private RuleText() {}

    static boolean same(List<String> some, List<String> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!some.get(i).equals(others.get(i))
                    && !normal(some.get(i)).equals(normal(others.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** The parts of a rule, a match with its options being one, sorted. */
    static List<String> normal(String rule) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean inMatch = false;
        boolean negated = false;
        for (String word : words(rule)) {
            boolean starts = word.equals("-m") || word.equals("-j") || word.equals("-g");
            boolean isHead = !inMatch && (word.equals("!") || word.startsWith("-")) && !negated;
            if ((starts || isHead) && !part.isEmpty()) {
                parts.add(part.toString());
                part.setLength(0);
            }
            inMatch |= starts;
            negated = word.equals("!");
            part.append(' ').append(address(word));
        }
        parts.add(part.toString());
        Collections.sort(parts);
        return parts;
    }

    private static List<String> words(String rule) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < rule.length(); i++) {
            char c = rule.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                end(word, words);
            } else {
                word.append(c);
            }
        }
        end(word, words);
        return words;
    }

    private static void end(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /** An address of IPv6 with its network or mask in Java's form; other words as they are. */
    private static String address(String word) {
        int slash = word.indexOf('/');
        if (slash < 0 || word.indexOf(':') < 0 || word.indexOf(':') > slash) {
            return word;
        }
        try {
            String network = InetAddress.ofLiteral(word.substring(0, slash)).getHostAddress();
            String mask = word.substring(slash + 1);
            return network
                    + "/"
                    + (mask.indexOf(':') < 0 ? mask : InetAddress.ofLiteral(mask).getHostAddress());
        } catch (IllegalArgumentException _) {
            return word;
        }
    }
}
