package dev.penstock.controller.member;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which members are alive, by when their Leases were last seen to change: by this machine's clock
 * alone, so that clocks need not agree. For one thread at a time.
 *
 * <p>While this member cannot renew its own Lease it cannot know of others either: who was alive
 * then stays so. To lose the API server must not cost addresses that work.
 */
final class MemberTable {

    private final String self;
    private final long lostNanos;
    private final Map<String, Sign> signs = new HashMap<>();

    private long renewedNanos;
    private boolean hasRenewed;
    private Set<String> live;

    /** The version of a Lease, and when it was first seen. */
    private record Sign(String version, long nanos) {}

    /**
     * @param self the name of this member
     * @param lostAfter how long a Lease may stay the same before its member counts as lost
     */
    MemberTable(String self, Duration lostAfter) {
        this.self = self;
        this.lostNanos = lostAfter.toNanos();
        this.live = Set.of(self);
    }

    /** The own Lease was renewed. */
    void renewed(long nowNanos) {
        if (hasRenewed && nowNanos - renewedNanos > lostNanos / 2) {
            // Away for a while: nobody else's sign could be seen.
            signs.replaceAll((_, sign) -> new Sign(sign.version(), nowNanos));
        }
        renewedNanos = nowNanos;
        hasRenewed = true;
    }

    /**
     * A Lease was seen.
     *
     * @param version different each time it is renewed
     */
    void seen(String member, String version, long nowNanos) {
        Sign before = signs.get(member);
        if (before == null || !before.version().equals(version)) {
            signs.put(member, new Sign(version, nowNanos));
        }
    }

    /** A Lease was given back. */
    void gone(String member) {
        signs.remove(member);
    }

    /** The members that are alive, this one among them, sorted. */
    Set<String> live(long nowNanos) {
        boolean isConnected = hasRenewed && nowNanos - renewedNanos <= lostNanos / 2;
        if (!isConnected) {
            return live;
        }
        Set<String> now = new TreeSet<>();
        now.add(self);
        signs.forEach((member, sign) -> {
            if (nowNanos - sign.nanos() <= lostNanos) {
                now.add(member);
            }
        });
        live = now.equals(live) ? live : now;
        return live;
    }
}
