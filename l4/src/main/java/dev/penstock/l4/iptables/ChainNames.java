package dev.penstock.l4.iptables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.VirtualServiceId;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names of our chains: kube-proxy's with another prefix. A chain's name has {@value
 * #LENGTH_MAX} characters at most ({@code XT_EXTENSION_MAXNAMELEN} in linux/netfilter/x_tables.h,
 * less the final zero).
 */
final class ChainNames {

    static final int LENGTH_MAX = 28;

    static final String SERVICES = "PENSTOCK-SERVICES";
    static final String NODE_PORTS = "PENSTOCK-NODEPORTS";
    static final String MARK = "PENSTOCK-MARK-MASQ";
    static final String MARK_OUTSIDE = "PENSTOCK-MARK-OUTSIDE";
    static final String POSTROUTING = "PENSTOCK-POSTROUTING";
    static final String FORWARD = "PENSTOCK-FORWARD";
    static final String FIREWALL = "PENSTOCK-FIREWALL";
    static final String CANARY = "PENSTOCK-CANARY";

    /** Only names of this mode: other modes have chains that begin with the same word. */
    private static final Pattern OURS =
            Pattern.compile(
                    "PENSTOCK-(SERVICES(-[0-9A-F]{1,2})?|NODEPORTS|NP-(TCP|UDP|SCTP)-\\d+"
                            + "|MARK-MASQ|MARK-OUTSIDE|POSTROUTING|FORWARD|FIREWALL|CANARY"
                            + "|(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{12,})");

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS_PER_CHARACTER = 5;
    private static final int HASH_LENGTH = LENGTH_MAX - "PENSTOCK-SVC-".length();

    private ChainNames() {}

    static boolean isOurs(String chain) {
        return OURS.matcher(chain).matches();
    }

    /** What tells a virtual service's chains from others'. */
    static String hash(VirtualServiceId id) {
        return hash(id + "/" + protocol(id));
    }

    /** The chain of one destination of a virtual service. */
    static String endpoint(VirtualServiceId id, Destination destination) {
        return "PENSTOCK-SEP-"
                + hash(
                        id
                                + "/"
                                + protocol(id)
                                + "/"
                                + destination.address()
                                + "/"
                                + destination.port());
    }

    /** A protocol as rules have it. */
    static String protocol(VirtualServiceId id) {
        return id.protocol().name().toLowerCase(Locale.ROOT);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            BigInteger bits = new BigInteger(1, digest);
            StringBuilder result = new StringBuilder(HASH_LENGTH);
            for (int i = 0; i < HASH_LENGTH; i++) {
                int character = bits.shiftRight(i * BITS_PER_CHARACTER).intValue();
                result.append(BASE32.charAt(character & (BASE32.length() - 1)));
            }
            return result.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
