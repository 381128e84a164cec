package dev.penstock.l4.userspace;

import dev.penstock.l4.AffinityTable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The session affinity of one virtual service, which has it or not from one time to the next. */
final class Affinity {

    private final int clientsMax;
    private volatile @Nullable AffinityTable table;

    Affinity(int clientsMax) {
        this.clientsMax = clientsMax;
    }

    /** Where clients were sent before; null for no affinity. Any thread. */
    @Nullable AffinityTable table() {
        return table;
    }

    /** Takes over how long a client is remembered; null for not at all. */
    void update(@Nullable Duration timeout) {
        AffinityTable present = table;
        if (timeout == null) {
            table = null;
        } else if (present == null) {
            table = new AffinityTable(timeout, clientsMax);
        } else {
            present.timeout(timeout);
        }
    }
}
