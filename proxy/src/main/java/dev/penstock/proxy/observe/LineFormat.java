package dev.penstock.proxy.observe;

/** Makes lines of exchanges. One instance an event loop; makes no garbage. */
sealed interface LineFormat permits TextLines, JsonLines, PatternLines {

    /** A new one, as the settings ask for it. */
    static LineFormat of(AccessLogSettings settings) {
        return switch (settings.format()) {
            case TEXT -> new TextLines();
            case JSON -> new JsonLines();
            case PATTERN -> new PatternLines(settings.pattern());
        };
    }

    /** Appends a line with its end. */
    void format(ExchangeRecord exchange, LineBuffer to);
}
