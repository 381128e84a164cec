package dev.penstock.l4.announce;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which node announces an address: that of the highest hash of node and address (rendezvous
 * hashing). All nodes that know the same candidates come to the same answer without a word, and one
 * that comes or goes moves only its own addresses.
 */
public final class Election {

    private Election() {}

    /**
     * The node that announces an address.
     *
     * @param address in canonical text form
     * @param candidates names of nodes, in any order
     * @return null if there are none
     */
    public static @Nullable String winner(String address, Collection<String> candidates) {
        String best = null;
        byte[] bestHash = {};
        for (String candidate : candidates) {
            byte[] hash = hash(candidate + "/" + address);
            int order = best == null ? 1 : Arrays.compareUnsigned(hash, bestHash);
            if (order > 0) {
                best = candidate;
                bestHash = hash;
            }
        }
        return best;
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
