package dev.penstock.l4.nftables;

import dev.penstock.l4.node.Algorithm;
import java.util.Locale;

/**
 * The chain that sends a connection to one of a number of destinations. It serves every virtual
 * service with that number and algorithm, because the key of the destinations has the service in
 * it.
 *
 * @param space where the destinations are
 * @param algorithm how the slot is drawn
 * @param slots how many slots there are
 * @param turn which of several chains alike, so that services do not share whose turn it is; -1
 *     where that makes no difference
 */
record Pick(Space space, Algorithm algorithm, int slots, int turn) {

    /** A seed that is the same on every node, so that a client's pod is. */
    private static final int SEED = 0x70656e73;

    private static final String PORTS = "meta l4proto { tcp, udp, sctp } ";

    /** The maps that one way to a service's destinations goes by. */
    enum Space {
        ADDRESS("", Collection.SERVICES, Collection.DESTINATIONS, Collection.AFFINITY_IDS),
        NODE_PORT(
                "node-port-",
                Collection.NODE_PORTS,
                Collection.NODE_PORT_DESTINATIONS,
                Collection.NODE_PORT_AFFINITY_IDS),
        LOCAL_ADDRESS(
                "local-",
                Collection.LOCAL_SERVICES,
                Collection.LOCAL_DESTINATIONS,
                Collection.LOCAL_AFFINITY_IDS),
        LOCAL_NODE_PORT(
                "local-node-port-",
                Collection.LOCAL_NODE_PORTS,
                Collection.LOCAL_NODE_PORT_DESTINATIONS,
                Collection.LOCAL_NODE_PORT_AFFINITY_IDS);

        private final String prefix;
        private final Collection verdicts;
        private final Collection destinations;
        private final Collection affinityIds;

        Space(String prefix, Collection verdicts, Collection destinations, Collection affinityIds) {
            this.prefix = prefix;
            this.verdicts = verdicts;
            this.destinations = destinations;
            this.affinityIds = affinityIds;
        }

        Collection verdicts() {
            return verdicts;
        }

        Collection destinations() {
            return destinations;
        }

        Collection affinityIds() {
            return affinityIds;
        }
    }

    private String suffix() {
        String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + slots;
        return turn < 0 ? name : name + "-" + Integer.toHexString(turn);
    }

    private String name() {
        return space.prefix + suffix();
    }

    /** The chain that draws a slot. */
    Chain chain(Dialect dialect) {
        return Chain.of(name(), new Draw(this, dialect));
    }

    /** The chain that first looks whether the client has a destination already. */
    Chain sticky(Dialect dialect) {
        return Chain.of(
                space.prefix + "sticky-" + suffix(),
                "meta priority set "
                        + space.verdicts.keyExpression(dialect)
                        + " map @"
                        + space.affinityIds.title(),
                "jump " + Remembering.REMEMBERED,
                "goto " + name());
    }

    static String dnat(Dialect dialect, String key, Collection map) {
        return PORTS + "dnat " + dialect.word() + " to " + key + " map @" + map.title();
    }

    /** The rule that draws a slot. */
    private record Draw(Pick pick, Dialect dialect) implements RawRule {

        @Override
        public String text() {
            return dnat(
                    dialect,
                    pick.space.verdicts.keyExpression(dialect) + " . " + slot(),
                    pick.space.destinations);
        }

        private String slot() {
            return switch (pick.algorithm) {
                case ROUND_ROBIN -> "numgen inc mod " + pick.slots;
                case MAGLEV -> jhash(dialect.source() + " . th sport");
                case SOURCE_HASH -> jhash(dialect.source());
                case RANDOM, WEIGHTED, LEAST_CONNECTIONS -> "numgen random mod " + pick.slots;
            };
        }

        private String jhash(String what) {
            return "jhash " + what + " mod " + pick.slots + " seed 0x" + Integer.toHexString(SEED);
        }

        @Override
        public boolean isScriptable() {
            return true;
        }

        @Override
        public void write(RuleMessage message) {
            int slot = 0;
            for (Field field : pick.space.verdicts.key()) {
                slot = message.load(slot, field);
            }
            int value = slot + 1;
            switch (pick.algorithm) {
                case ROUND_ROBIN -> message.count(slot, pick.slots);
                case MAGLEV -> {
                    int end = message.loadSourcePort(message.load(value, Field.CLIENT));
                    message.hash(value, end, slot, pick.slots, SEED);
                }
                case SOURCE_HASH -> {
                    int end = message.load(value, Field.CLIENT);
                    message.hash(value, end, slot, pick.slots, SEED);
                }
                case RANDOM, WEIGHTED, LEAST_CONNECTIONS -> message.drawRandom(slot, pick.slots);
            }
            message.lookUp(pick.space.destinations, 0, value);
            message.dnat(value);
        }
    }

    /** A chain that marks connections for masquerade by another before it goes on. */
    static Chain marked(Chain next, String prefix, String marking) {
        return Chain.of(prefix + next.name(), "jump " + marking, "goto " + next.name());
    }
}
