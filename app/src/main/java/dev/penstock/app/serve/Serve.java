package dev.penstock.app.serve;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.StopSignals;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a server from its start to the signal that stops it. */
public final class Serve {

    private static final Logger log = LoggerFactory.getLogger(Serve.class);

    private static final long SIGNAL_POLL_MILLIS = 200;

    private Serve() {}

    /**
     * Serves until a signal ends it.
     *
     * @param out gets the line that says it is ready
     * @return the exit code
     */
    public static int run(ServeSettings settings, PrintWriter out) throws InterruptedException {
        AtomicReference<@Nullable Server> running = new AtomicReference<>();
        StopSignals signals =
                StopSignals.install(() -> {
                    Server server = running.get();
                    if (server != null) {
                        server.reopenAccessLog();
                    }
                });
        try (Server server = Server.start(settings)) {
            running.set(server);
            while (!server.awaitConfiguration(SIGNAL_POLL_MILLIS)) {
                if (signals.isAsked()) {
                    return ExitCode.OK;
                }
            }
            server.listen();
            while (!server.awaitRules(SIGNAL_POLL_MILLIS)) {
                if (signals.isAsked()) {
                    return ExitCode.OK;
                }
            }
            out.println("penstock is ready: " + server.summary());
            signals.await();
            log.info(
                    "Stopping: connections in flight have {} s",
                    settings.shutdownDelay().plus(settings.shutdownGrace()).toSeconds());
        }
        return ExitCode.OK;
    }
}
