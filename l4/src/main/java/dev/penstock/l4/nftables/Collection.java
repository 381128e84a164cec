package dev.penstock.l4.nftables;

import static dev.penstock.l4.nftables.Field.AFFINITY;
import static dev.penstock.l4.nftables.Field.CLIENT;
import static dev.penstock.l4.nftables.Field.DESTINATION;
import static dev.penstock.l4.nftables.Field.PORT;
import static dev.penstock.l4.nftables.Field.PROTOCOL;
import static dev.penstock.l4.nftables.Field.SLOT;
import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * The sets and maps of a table. Two that are alike but for {@code node-port} differ in that the key
 * of the one has the address that the packet was sent to, and of the other has not.
 */
enum Collection {
    /** What becomes of a new connection to an address of a Service. */
    SERVICES("services", Value.VERDICT, DESTINATION, PROTOCOL, PORT),
    NODE_PORTS("node-ports", Value.VERDICT, PROTOCOL, PORT),
    /** The destinations, by a slot that the algorithm draws. */
    DESTINATIONS("destinations", Value.ENDPOINT, DESTINATION, PROTOCOL, PORT, SLOT),
    NODE_PORT_DESTINATIONS("node-port-destinations", Value.ENDPOINT, PROTOCOL, PORT, SLOT),
    /** With the external policy Local: what pods of the cluster and this node get. */
    INSIDE_SERVICES("inside-services", Value.VERDICT, DESTINATION, PROTOCOL, PORT),
    INSIDE_NODE_PORTS("inside-node-ports", Value.VERDICT, PROTOCOL, PORT),
    /** With the external policy Local: what everybody else gets, and from whom. */
    LOCAL_SERVICES("local-services", Value.VERDICT, DESTINATION, PROTOCOL, PORT),
    LOCAL_NODE_PORTS("local-node-ports", Value.VERDICT, PROTOCOL, PORT),
    LOCAL_DESTINATIONS("local-destinations", Value.ENDPOINT, DESTINATION, PROTOCOL, PORT, SLOT),
    LOCAL_NODE_PORT_DESTINATIONS(
            "local-node-port-destinations", Value.ENDPOINT, PROTOCOL, PORT, SLOT),
    /** The number under which the clients of a virtual service are remembered. */
    AFFINITY_IDS("affinity-ids", Value.AFFINITY, DESTINATION, PROTOCOL, PORT),
    NODE_PORT_AFFINITY_IDS("node-port-affinity-ids", Value.AFFINITY, PROTOCOL, PORT),
    LOCAL_AFFINITY_IDS("local-affinity-ids", Value.AFFINITY, DESTINATION, PROTOCOL, PORT),
    LOCAL_NODE_PORT_AFFINITY_IDS("local-node-port-affinity-ids", Value.AFFINITY, PROTOCOL, PORT),
    /** How long: the chain that remembers a client for the time that a number stands for. */
    AFFINITY_TIMEOUTS("affinity-timeouts", Value.VERDICT, AFFINITY),
    /** Who went where: the kernel fills it. */
    CLIENTS("affinity", Value.ENDPOINT, CLIENT, AFFINITY),
    /** Nobody serves: refused. */
    REFUSED("refused", Value.NONE, DESTINATION, PROTOCOL, PORT),
    REFUSED_NODE_PORTS("refused-node-ports", Value.NONE, PROTOCOL, PORT),
    /** Load balancer addresses that not everybody may use, and who may. */
    GUARDED("guarded", Value.NONE, DESTINATION, PROTOCOL, PORT),
    ALLOWED("allowed", Value.NONE, DESTINATION, PROTOCOL, PORT, CLIENT),
    /** All cluster addresses: their other ports are refused. */
    CLUSTER_ADDRESSES("cluster-addresses", Value.NONE, DESTINATION),
    /** Every destination twice: a pod that reaches itself is masqueraded. */
    HAIRPIN("hairpin", Value.NONE, CLIENT, DESTINATION);

    /** What a map has for a key. */
    enum Value {
        /** Nothing: it is a set. */
        NONE,
        VERDICT,
        /** An address and a port. */
        ENDPOINT,
        /** A number of affinity. */
        AFFINITY
    }

    /** How many clients are remembered at most, in a family. */
    static final int CLIENTS_MAX = 262_144;

    private final String title;
    private final Value value;
    private final List<Field> key;

    Collection(String title, Value value, Field... key) {
        this.title = title;
        this.value = value;
        this.key = List.of(key);
    }

    /** Its name in the table. */
    String title() {
        return title;
    }

    Value value() {
        return value;
    }

    List<Field> key() {
        return key;
    }

    /** Whether the last field of its keys is a network. */
    boolean isInterval() {
        return this == ALLOWED;
    }

    /** The statement that makes it, without effect where it exists. */
    String declaration(Dialect dialect) {
        return (value == Value.NONE ? "add set " : "add map ")
                + dialect.table()
                + " "
                + title
                + " { typeof "
                + keyExpression(dialect)
                + valueType(dialect)
                + " ;"
                + flags()
                + " }";
    }

    /** The expression of a rule that makes a key of a packet. */
    String keyExpression(Dialect dialect) {
        return key.stream().map(field -> field.expression(dialect)).collect(joining(" . "));
    }

    private String valueType(Dialect dialect) {
        return switch (value) {
            case NONE -> "";
            case VERDICT -> " : verdict";
            case ENDPOINT -> " : " + dialect.destination() + " . th dport";
            case AFFINITY -> " : " + Field.AFFINITY.expression(dialect);
        };
    }

    private String flags() {
        if (isInterval()) {
            return " flags interval ;";
        }
        return this == CLIENTS ? " flags dynamic,timeout ; size " + CLIENTS_MAX + " ;" : "";
    }
}
