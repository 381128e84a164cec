package dev.penstock.app.exit;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first asks for an orderly stop, the second ends the process at once.
 * SIGHUP and SIGUSR1 run an action. Made once in a process's life. A shutdown hook could neither
 * see a second signal nor choose the exit code.
 */
public final class StopSignals {

    private static final Logger log = LoggerFactory.getLogger(StopSignals.class);

    /** What a shell shows for a process that SIGTERM ended: 128 and the signal's number. */
    private static final int EXIT_AT_ONCE = 143;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicInteger count = new AtomicInteger();

    private StopSignals() {}

    /**
     * Takes the signals over from the JVM.
     *
     * @param onHangup run at each SIGHUP and SIGUSR1, on a thread of its own
     */
    public static StopSignals install(Runnable onHangup) {
        StopSignals signals = new StopSignals();
        handle("TERM", signals::stop);
        handle("INT", signals::stop);
        handle("HUP", onHangup);
        // As nginx has it.
        handle("USR1", onHangup);
        return signals;
    }

    /**
     * By reflection, since the compiler has a warning for the only class that can do it, and no way
     * to say that it is meant.
     */
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calls =
                    Proxy.newProxyInstance(
                            StopSignals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> {
                                action.run();
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), calls);
        } catch (ReflectiveOperationException e) {
            // Another platform's set of signals, or a JVM started with -Xrs: its default stays.
            log.debug("Signal {} is not handled", name, e);
        }
    }

    private void stop() {
        if (count.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(EXIT_AT_ONCE);
        }
        asked.countDown();
    }

    /** Whether a signal has asked to stop. */
    public boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** Waits for the first signal that asks to stop. */
    public void await() throws InterruptedException {
        asked.await();
    }
}
