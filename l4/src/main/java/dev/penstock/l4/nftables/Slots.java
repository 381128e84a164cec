package dev.penstock.l4.nftables;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.MaglevTable;
import java.util.ArrayList;
import java.util.List;

/** The destinations of the slots that an algorithm draws. Pure. */
final class Slots {

    /** How many slots weights are spread over at most; beyond it they are rounded. */
    static final int WEIGHTED_MAX = 4096;

    private Slots() {}

    /** The destination of each slot; empty where there is none. */
    static List<Destination> of(Algorithm algorithm, List<Destination> destinations) {
        List<Destination> taking = Destination.takingNew(destinations);
        return switch (algorithm) {
            case WEIGHTED -> weighted(taking);
            case MAGLEV, SOURCE_HASH -> taking.isEmpty() ? taking : MaglevTable.of(taking);
            case RANDOM, ROUND_ROBIN, LEAST_CONNECTIONS -> taking;
        };
    }

    /** Each as often as it weighs; where all weigh nothing, once each. */
    private static List<Destination> weighted(List<Destination> taking) {
        int divisor = 0;
        long total = 0;
        for (Destination destination : taking) {
            divisor = gcd(divisor, destination.weight());
            total += destination.weight();
        }
        if (divisor == 0) {
            return taking;
        }
        total /= divisor;
        int slotsMax = Math.max(WEIGHTED_MAX, taking.size());
        List<Destination> slots = new ArrayList<>();
        for (Destination destination : taking) {
            long count = destination.weight() / divisor;
            long share = total <= slotsMax ? count : Math.max(1, count * WEIGHTED_MAX / total);
            for (long i = 0; i < share; i++) {
                slots.add(destination);
            }
        }
        return slots;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
