package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace for this test JVM, with addresses for pods. A thread or process inherits the
 * namespace of the thread that makes it: what the thread that calls {@link #enter} starts
 * afterwards is inside, and nothing that listens there is seen from outside. It ends with the JVM.
 */
final class PodNetwork {
    /** Addresses for pods, all local to the namespace, as an EndpointSlice may name them. */
    static final String PREFIX = "10.244.0.";

    private static boolean entered;

    private PodNetwork() {}

    /**
     * Moves the calling thread into a namespace of its own, once.
     *
     * @return whether the thread is in the namespace; false where this system or its user may not
     */
    static synchronized boolean enter() throws IOException, InterruptedException {
        if (!entered && NetworkNamespace.isPossible()) {
            NetworkNamespace.unshare();
            run("ip", "link", "set", "lo", "up");
            run("ip", "route", "add", "local", PREFIX + "0/24", "dev", "lo");
            entered = true;
        }
        return entered;
    }

    static synchronized boolean isEntered() {
        return entered;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(
                    String.join(" ", command)
                            + ": "
                            + new String(process.getInputStream().readAllBytes(), UTF_8).strip());
        }
    }
}
