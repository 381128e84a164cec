package dev.penstock.e2e.node;

import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Lab;
import dev.penstock.e2e.node.lab.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./penstock node} on node1 of a lab, and the one file of manifests that it serves. Beside
 * the Services of a test the file has a sentinel, whose port is another in each version: when that
 * one answers, the version is in force. One thread.
 */
final class NodeProgram implements AutoCloseable {
    /** Where {@code /healthz} and {@code /livez} are, on node1. */
    static final int HEALTH_PORT = 10256;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int FIRST_PATIENCE_MILLIS = 200;
    private static final long PAUSE_NANOS = 10_000_000;
    private static final List<String> SENTINEL_ADDRESSES =
            List.of("10.96.255.254", "fd00:96::fffe");
    private static final int SENTINEL_PORT_MIN = 2000;

    private final Lab lab;
    private final NodeMode mode;
    private final Path manifests;
    private final Map<String, String> environment;
    private final Host watcher;
    private final Host target;
    private int sentinelPort = SENTINEL_PORT_MIN;
    private String services = "";
    private List<String> flags = List.of();
    private @Nullable PenstockProcess process;

    /**
     * @param manifests a folder of its own
     * @param environment more variables of its environment
     */
    NodeProgram(Lab lab, NodeMode mode, Path manifests, Map<String, String> environment) {
        this.lab = lab;
        this.mode = mode;
        this.manifests = manifests;
        this.environment = environment;
        this.watcher = lab.pod();
        this.target = lab.b1();
    }

    /** Starts it with more flags than the usual ones and waits until it is ready. */
    void start(String... moreFlags) {
        flags = List.of(moreFlags);
        startWith(Map.of());
    }

    /** Starts it with the flags it had, in a changed environment, and waits until it is ready. */
    void startWith(Map<String, String> changed) {
        if (process != null) {
            throw new IllegalStateException("it runs already");
        }
        write();
        PenstockProcess launched = launch(mode, flags, changed);
        launched.awaitReady();
        process = launched;
        awaitInForce();
    }

    /** Starts it on node1 in any mode, and waits for nothing. */
    PenstockProcess launch(NodeMode inMode, List<String> more, Map<String, String> changed) {
        Map<String, String> whole = new HashMap<>(environment);
        whole.putAll(changed);
        return PenstockProcess.startIn(
                lab.node1().network(), List.of(), arguments(inMode, more), whole);
    }

    /** Starts it on node1 as root without one of root's capabilities, and waits for nothing. */
    PenstockProcess launchWithoutPrivilege(String capability) {
        List<String> without =
                List.of("setpriv", "--inh-caps=-" + capability, "--bounding-set=-" + capability);
        return PenstockProcess.startIn(
                lab.node1().network(), without, arguments(mode, List.of()), environment);
    }

    private List<String> arguments(NodeMode inMode, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of("node"));
        arguments.addAll(List.of("--manifests", manifests.toString(), "--mode", inMode.flag()));
        arguments.addAll(List.of("--node-name", "node1", "--cluster-cidr", Lab.POD_CIDRS));
        arguments.addAll(List.of("--healthz-address", "127.0.0.1:" + HEALTH_PORT));
        arguments.addAll(more);
        return arguments;
    }

    /** Ends it as {@code kill} does; its rules stay. */
    void stop() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** Starts it anew unless it runs with just these flags beside the usual ones. */
    void withFlags(String... wanted) {
        if (process == null || !flags.equals(List.of(wanted))) {
            stop();
            start(wanted);
        }
    }

    /** Runs {@code node --cleanup} in its mode to its end. */
    PenstockProcess cleanUp() {
        PenstockProcess cleaning =
                PenstockProcess.startIn(
                        lab.node1().network(),
                        List.of(),
                        List.of("node", "--cleanup"),
                        environment);
        if (cleaning.awaitEnd() != 0) {
            throw new AssertionError("cleanup failed: " + cleaning.output());
        }
        return cleaning;
    }

    /** The running program. */
    PenstockProcess process() {
        if (process == null) {
            throw new IllegalStateException("it does not run");
        }
        return process;
    }

    /** Serves these Services and no others, and waits until that is in force. */
    void serve(TestService... wanted) {
        serve(Arrays.stream(wanted).map(TestService::yaml).collect(Collectors.joining()));
    }

    /** Serves what these documents say and nothing else, and waits until that is in force. */
    void serve(String yaml) {
        services = yaml;
        nextVersion();
        if (!mode.isAtomic()) {
            // The sentinel may be served before others of its version, though not before all of
            // the one before.
            nextVersion();
        }
    }

    /**
     * Serves Services with the sentinel on a given port, and waits until that is in force: so the
     * same Services come to the same rules.
     */
    void serveWithSentinel(int port, TestService... wanted) {
        services = Arrays.stream(wanted).map(TestService::yaml).collect(Collectors.joining());
        sentinelPort = port;
        write();
        awaitInForce();
    }

    /** Writes another folder's worth of Services without waiting. */
    void write(TestService... wanted) {
        services = Arrays.stream(wanted).map(TestService::yaml).collect(Collectors.joining());
        write();
    }

    private void nextVersion() {
        sentinelPort++;
        write();
        awaitInForce();
    }

    /** Writes something else as one of the files of the folder. */
    void writeGarbled(String name, String text) {
        try {
            Files.writeString(manifests.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes such a file. */
    void remove(String name) {
        try {
            Files.delete(manifests.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write() {
        TestService sentinel =
                new TestService("sentinel", SENTINEL_ADDRESSES)
                        .tcp("main", sentinelPort, 8080)
                        .to(target);
        Path file = manifests.resolve("services.yaml");
        Path next = manifests.resolveSibling(manifests.getFileName() + ".next");
        try {
            Files.writeString(next, services + sentinel.yaml());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until what was written last is in force. A connection that is begun before never is
     * answered, as the kernel remembers that it went elsewhere; so each gets little time, and the
     * next, for a machine under load, more.
     */
    void awaitInForce() {
        long start = System.nanoTime();
        for (String address : SENTINEL_ADDRESSES) {
            int patience = FIRST_PATIENCE_MILLIS;
            for (Outcome outcome = Outcome.SILENT; outcome != Outcome.ANSWERED; ) {
                if (System.nanoTime() - start > LIMIT.toNanos()) {
                    throw new AssertionError(
                            "the manifests did not come into force; it printed:\n" + lastOutput());
                }
                outcome = watcher.tcp(address, sentinelPort, patience).outcome();
                if (outcome == Outcome.SILENT) {
                    patience = Math.min(patience * 3 / 2, Host.PATIENCE_MILLIS);
                } else {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** The last lines that the program printed. */
    String lastOutput() {
        if (process == null) {
            return "(it does not run)";
        }
        List<String> lines = process.output();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    @Override
    public void close() {
        stop();
    }
}
