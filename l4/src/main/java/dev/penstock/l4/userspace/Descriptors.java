package dev.penstock.l4.userspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many more file descriptors sockets may take, so that there is always one for the rest. */
final class Descriptors {

    private static final Logger log = LoggerFactory.getLogger(Descriptors.class);

    /** Below this, a node of some size runs out. */
    private static final int RECOMMENDED_MIN = 8192;

    private static final int UNLIMITED = 1 << 24;

    private final Semaphore free;
    private final int max;

    Descriptors(int max) {
        this.max = max;
        this.free = new Semaphore(max);
    }

    /**
     * The budget of a setting.
     *
     * @param wanted how many; 0 for three quarters of what the process may open
     */
    static Descriptors of(int wanted) {
        int limit = limitOfProcess();
        if (limit < RECOMMENDED_MIN) {
            log.warn(
                    "this process may open only {} files: raise the limit (ulimit -n, LimitNOFILE)"
                            + " for more than about {} connections",
                    limit,
                    limit * 3 / 8);
        }
        return new Descriptors(wanted == 0 ? limit / 4 * 3 : wanted);
    }

    private static int limitOfProcess() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith("Max open files")) {
                    return limitIn(line);
                }
            }
        } catch (IOException _) {
            // Not Linux, or no /proc: the system's own error says when there are too many.
        }
        return UNLIMITED;
    }

    /** The soft limit of a line such as {@code Max open files 1024 4096 files}. */
    static int limitIn(String line) {
        String soft = line.substring("Max open files".length()).strip().split("\\s+", 2)[0];
        return soft.equals("unlimited")
                ? UNLIMITED
                : (int) Math.min(Long.parseLong(soft), UNLIMITED);
    }

    /** Takes some, all or none; whether it did. */
    boolean tryTake(int count) {
        return free.tryAcquire(count);
    }

    void giveBack(int count) {
        free.release(count);
    }

    /** How many are taken. */
    int taken() {
        return max - free.availablePermits();
    }

    int max() {
        return max;
    }
}
