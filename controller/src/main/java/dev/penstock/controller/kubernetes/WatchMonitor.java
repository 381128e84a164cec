package dev.penstock.controller.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Looks after watches that have been read once: fabric8 restores a broken watch by itself but keeps
 * quiet about it. A watch that stays broken is probed for the reason, for the log.
 */
final class WatchMonitor implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Rounds a watch may be broken before it is probed: a reconnection takes one. */
    private static final int PATIENCE = 3;

    private final KubernetesClient client;
    private final OutageLog outages;
    private final List<Watched> watches = new CopyOnWriteArrayList<>();
    private final Thread thread;

    WatchMonitor(KubernetesClient client, OutageLog outages) {
        this.client = client;
        this.outages = outages;
        this.thread = Thread.ofVirtual().name("penstock-watch-monitor").unstarted(this::run);
    }

    void add(ScopeWatch watch) {
        watches.add(new Watched(watch));
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD);
                for (Watched watched : watches) {
                    look(watched);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Watched watched) {
        if (!watched.watch.isListed()) {
            return;
        }
        if (!watched.watch.isBroken()) {
            watched.brokenRounds = 0;
            outages.works(watched.watch.scope());
            return;
        }
        watched.brokenRounds++;
        if (watched.brokenRounds >= PATIENCE) {
            watched.watch.probe(client);
        }
    }

    private static final class Watched {
        final ScopeWatch watch;
        int brokenRounds;

        Watched(ScopeWatch watch) {
            this.watch = watch;
        }
    }
}
