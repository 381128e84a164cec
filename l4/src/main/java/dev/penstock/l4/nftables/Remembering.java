package dev.penstock.l4.nftables;

import java.util.List;

/** The rules of session affinity: they write and read where clients went. */
final class Remembering {

    /** The chain that sends a client where it went before, if it is remembered. */
    static final String REMEMBERED = "remembered";

    private Remembering() {}

    /** The chain that remembers a client for a time, and sets the packet's priority back. */
    static Chain learn(Dialect dialect, long seconds) {
        return new Chain(
                "learn-" + seconds,
                "",
                new Learn(dialect, seconds),
                List.of("meta priority set 0"));
    }

    static Chain remembered(Dialect dialect) {
        return new Chain(REMEMBERED, "", new Remembered(dialect), List.of());
    }

    private record Learn(Dialect dialect, long seconds) implements RawRule {

        @Override
        public String text() {
            return "update @"
                    + Collection.CLIENTS.title()
                    + " { "
                    + Collection.CLIENTS.keyExpression(dialect)
                    + " timeout "
                    + seconds
                    + "s : "
                    + dialect.destination()
                    + " . th dport }";
        }

        @Override
        public boolean isScriptable() {
            return false;
        }

        @Override
        public void write(RuleMessage message) {
            int value = message.load(message.load(0, Field.CLIENT), Field.AFFINITY);
            message.load(message.load(value, Field.DESTINATION), Field.PORT);
            message.update(Collection.CLIENTS, 0, value, seconds);
        }
    }

    private record Remembered(Dialect dialect) implements RawRule {

        @Override
        public String text() {
            return Pick.dnat(
                    dialect, Collection.CLIENTS.keyExpression(dialect), Collection.CLIENTS);
        }

        @Override
        public boolean isScriptable() {
            return true;
        }

        @Override
        public void write(RuleMessage message) {
            int value = message.load(message.load(0, Field.CLIENT), Field.AFFINITY);
            message.lookUp(Collection.CLIENTS, 0, value);
            message.dnat(value);
        }
    }
}
