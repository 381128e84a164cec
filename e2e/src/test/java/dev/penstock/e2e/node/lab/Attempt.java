package dev.penstock.e2e.node.lab;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to reach somebody.
 *
 * @param outcome what became of it
 * @param peer who answered; null if nobody
 * @param took how long it took
 */
public record Attempt(Outcome outcome, @Nullable Peer peer, Duration took) {

    static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Who answered, where somebody must have. */
    public Peer answered() {
        if (peer == null) {
            throw new AssertionError(
                    "expected an answer, but it was " + outcome + " after " + took);
        }
        return peer;
    }

    /** The name of the host that answered; null if none did. */
    public @Nullable String server() {
        return peer == null ? null : peer.server();
    }
}
