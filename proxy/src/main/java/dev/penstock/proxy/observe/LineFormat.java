package dev.penstock.proxy.observe;

/** Makes lines of exchanges. One instance an event loop; makes no garbage. */
sealed interface LineFormat permits TextLines, JsonLines {

    /** Appends a line with its end. */
    void format(ExchangeRecord exchange, LineBuffer to);
}
