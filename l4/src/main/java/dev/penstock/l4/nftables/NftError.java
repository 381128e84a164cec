package dev.penstock.l4.nftables;

import dev.penstock.l4.node.RulesException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes one line for the log of what nft says about a script. */
final class NftError {

    /** As in {@code /dev/stdin:3:13-20: Error: No such file or directory; did you mean …?}. */
    private static final Pattern PLACE =
            Pattern.compile(":(\\d+):(\\d+)(?:-\\d+)?: Error: ?([^\\n]*)");

    private static final int STATEMENT_MAX = 160;

    /** How much of a long statement is shown before the place of the error. */
    private static final int BEFORE = 40;

    private NftError() {}

    /** The exception for the caller, with the first message and the statement it is about. */
    static RulesException of(String script, RulesException raw) {
        String message = String.valueOf(raw.getMessage());
        Matcher place = PLACE.matcher(message);
        if (!place.find()) {
            return new RulesException("nft: " + firstLine(message), raw.getCause());
        }
        int line = Integer.parseInt(place.group(1));
        if (line == 0) {
            // The whole transaction was refused, not one statement.
            return new RulesException("nft: " + place.group(3).strip(), raw.getCause());
        }
        int column = Integer.parseInt(place.group(2));
        String statement = script.lines().skip(line - 1L).findFirst().orElse("");
        return new RulesException(
                "nft: " + place.group(3).strip() + ", in: " + excerpt(statement, column),
                raw.getCause());
    }

    private static String firstLine(String message) {
        return message.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("failed without a message");
    }

    private static String excerpt(String statement, int column) {
        if (statement.length() <= STATEMENT_MAX) {
            return statement.strip();
        }
        String head = statement.substring(0, Math.max(0, statement.indexOf('{') + 1));
        int from = Math.clamp(column - 1L - BEFORE, head.length(), statement.length());
        int to = Math.min(statement.length(), from + STATEMENT_MAX - BEFORE);
        return (from > head.length() ? head + " … " : head)
                + statement.substring(from, to).strip()
                + (to < statement.length() ? " …" : "");
    }
}
