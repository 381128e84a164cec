package dev.penstock.l4.ipvs;

import dev.penstock.l4.node.VirtualServiceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives virtual services packet marks of their own. Ours begin with {@code 0x0a5}; the bits that
 * kube-proxy and kubelet use are not part of the number.
 */
final class Marks {

    /** The bit that asks for masquerading, as kube-proxy has it. */
    static final int MASQUERADE = 0x4000;

    /** What all of ours have in common, and the bits that it is in. */
    static final int BASE = 0x0a500000;

    static final int BASE_MASK = 0xfff00000;

    /** For a virtual server that is made and deleted at once, to try something. */
    static final int TRIAL = BASE | 0xf3fff;

    private static final int LOW_BITS = 14;
    private static final int COUNT_MAX = (1 << 18) - 1;

    private final Map<VirtualServiceId, Integer> marks = new HashMap<>();
    private final Set<Integer> used = new HashSet<>();
    private int next;

    /** Whether a mark is one of ours. */
    static boolean isOurs(int mark) {
        return (mark & BASE_MASK) == BASE;
    }

    /**
     * The mark of a virtual service.
     *
     * @param earlier what an earlier run gave it; null where that is unknown. It keeps that if it
     *     can
     */
    int of(VirtualServiceId id, @Nullable Integer earlier) {
        return marks.computeIfAbsent(id, _ -> take(earlier));
    }

    /** Its mark may go to another one. */
    void release(VirtualServiceId id) {
        Integer mark = marks.remove(id);
        if (mark != null) {
            used.remove(mark);
        }
    }

    /** Forgets all. */
    void clear() {
        marks.clear();
        used.clear();
        next = 0;
    }

    private int take(@Nullable Integer earlier) {
        if (earlier != null) {
            int mark = earlier & ~MASQUERADE;
            if (isOurs(mark) && used.add(mark)) {
                return mark;
            }
        }
        for (int tried = 0; tried < COUNT_MAX; tried++) {
            int number = next;
            next = (next + 1) % COUNT_MAX;
            int mark = BASE | (number & ((1 << LOW_BITS) - 1)) | number >> LOW_BITS << 16;
            if (used.add(mark)) {
                return mark;
            }
        }
        throw new IllegalStateException("all " + COUNT_MAX + " marks are in use");
    }
}
