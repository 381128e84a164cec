package dev.penstock.controller.kubernetes;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Says in the log that objects cannot be read, why, and what that means: one line when it starts,
 * one each time the outage has doubled, and one when it is over, however many watches fail
 * meanwhile and however often. Safe for any thread.
 */
final class OutageLog {

    private static final Duration FIRST_REPEAT = Duration.ofSeconds(30);
    private static final Duration LAST_REPEAT = Duration.ofMinutes(10);

    private final String address;
    private final LongSupplier nanoClock;
    private final Logger log;

    /** Guarded by this. An outage of the API server as a whole has the empty key. */
    private final Map<String, Outage> outages = new HashMap<>();

    private boolean closed;

    OutageLog(String address, LongSupplier nanoClock, Logger log) {
        this.address = address;
        this.nanoClock = nanoClock;
        this.log = log;
    }

    /** Says nothing more: what fails from now on fails because it is ended. */
    synchronized void close() {
        closed = true;
    }

    /**
     * A list or watch failed.
     *
     * @param scope what was to be read
     * @param failure why it was not
     * @param consequence what that means until it works again
     */
    synchronized void failed(Scope scope, Throwable failure, String consequence) {
        if (closed) {
            return;
        }
        boolean refused = Failures.isAboutRequest(failure);
        String key = refused ? scope.toString() : "";
        if (!refused) {
            // A watch that was refused may fail for another reason now.
            outages.remove(scope.toString());
        }
        long now = nanoClock.getAsLong();
        Outage outage = outages.computeIfAbsent(key, _ -> new Outage(now));
        outage.scopes.add(scope);
        String cause = Failures.describe(failure);
        if (now - outage.nextLine < 0 && cause.equals(outage.cause)) {
            return;
        }
        outage.cause = cause;
        outage.nextLine = now + outage.interval.toNanos();
        outage.interval = min(outage.interval.multipliedBy(2), LAST_REPEAT);
        String since = now == outage.start ? "" : " for " + ago(now - outage.start);
        if (refused) {
            log.warn("cannot read {}{}: {}; {}", scope, since, cause, consequence);
        } else {
            log.warn(
                    "no answer from the API server at {}{}: {}; {}; trying again",
                    address,
                    since,
                    cause,
                    consequence);
        }
    }

    /** A list or watch works. */
    synchronized void works(Scope scope) {
        if (closed || outages.isEmpty()) {
            return;
        }
        long now = nanoClock.getAsLong();
        Outage own = outages.remove(scope.toString());
        if (own != null) {
            log.info("can read {} again after {}", scope, ago(now - own.start));
        }
        Outage all = outages.get("");
        if (all != null && all.scopes.remove(scope) && all.scopes.isEmpty()) {
            outages.remove("");
            log.info("the API server at {} answers again after {}", address, ago(now - all.start));
        }
    }

    private static String ago(long nanos) {
        long seconds = Math.max(1, Duration.ofNanos(nanos).toSeconds());
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static final class Outage {
        final long start;
        final Set<Scope> scopes = new HashSet<>();
        long nextLine;
        Duration interval = FIRST_REPEAT;
        String cause = "";

        Outage(long start) {
            this.start = start;
            this.nextLine = start;
        }
    }
}
