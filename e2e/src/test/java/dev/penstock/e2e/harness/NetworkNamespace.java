package dev.penstock.e2e.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * A network namespace of its own: a machine or a pod, as far as packets can tell. The kernel keeps
 * the namespace per thread: this has a thread that lives inside, and what it makes, sockets and
 * processes, stays inside whoever uses it afterwards. The kernel removes the namespace with all its
 * links and rules when this is closed or the JVM ends, however it ends; there is no name to leave
 * behind. Any thread may call it.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    private final ExecutorService inside;
    private final String name;
    private final String path;

    private NetworkNamespace(String name, ExecutorService inside, String path) {
        this.name = name;
        this.inside = inside;
        this.path = path;
    }

    /**
     * Makes one, with its loopback interface down.
     *
     * @param name for messages and the thread
     * @throws IOException where this system or its user may not
     */
    public static NetworkNamespace create(String name) throws IOException {
        ExecutorService inside =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("netns-" + name).factory());
        try {
            FutureTask<String> entering = new FutureTask<>(NetworkNamespace::enterNew);
            inside.execute(entering);
            return new NetworkNamespace(name, inside, joinIo(entering));
        } catch (IOException e) {
            inside.shutdown();
            throw e;
        }
    }

    /** Whether this system and its user may make one; tried on a thread of its own. */
    public static boolean isPossible() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return false;
        }
        try (NetworkNamespace _ = create("probe")) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** Moves the calling thread into a new namespace, for as long as the thread lives. */
    public static void unshare() throws IOException {
        int errno = NativeUnshare.call();
        if (errno != 0) {
            throw new IOException(
                    "unshare of the network namespace: errno " + errno + " (needs root on Linux)");
        }
    }

    private static String enterNew() throws IOException {
        unshare();
        // Taken by the thread that it concerns: a path that others may hand to ip-link.
        return "/proc/"
                + ProcessHandle.current().pid()
                + "/task/"
                + Path.of("/proc/thread-self").toRealPath().getFileName()
                + "/ns/net";
    }

    /** A path of the namespace, as {@code ip link set ... netns} and {@code nsenter} take it. */
    public String path() {
        return path;
    }

    /** Runs something inside. Sockets and processes that it makes stay there. */
    public <T> T call(Callable<T> task) {
        try {
            return callIo(task);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs something inside that does I/O. */
    public <T> T callIo(Callable<T> task) throws IOException {
        FutureTask<T> future = new FutureTask<>(task);
        inside.execute(future);
        return joinIo(future);
    }

    /** Starts a process inside. The kernel ends it if this JVM ends without having done so. */
    public Process start(ProcessBuilder builder) {
        return call(builder::start);
    }

    /**
     * Runs a command inside to its end.
     *
     * @return what it printed to its standard output
     */
    public String run(String... command) {
        return runWithInput("", List.of(command));
    }

    /** Runs a command inside with a text as its input; otherwise as {@link #run}. */
    public String runWithInput(String input, List<String> command) {
        try {
            Process process =
                    start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.PIPE));
            FutureTask<String> errors =
                    new FutureTask<>(
                            () -> new String(process.getErrorStream().readAllBytes(), UTF_8));
            Thread.ofVirtual().start(errors);
            try (OutputStream stream = process.getOutputStream()) {
                stream.write(input.getBytes(UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        "in " + name + ": " + String.join(" ", command) + ": " + errors.get());
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes links, addresses, routes and so on: lines of {@code ip -batch}. */
    public void ip(String lines) {
        runWithInput(lines, List.of("ip", "-batch", "-"));
    }

    /** Sets a kernel parameter of the namespace, such as {@code net/ipv4/ip_forward}. */
    public void sysctl(String parameter, String value) {
        call(() -> Files.writeString(Path.of("/proc/sys", parameter), value));
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        inside.shutdown();
    }

    private static <T> T joinIo(FutureTask<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** unshare(2): it has no other way in from Java. */
    private static final class NativeUnshare {

        @SuppressWarnings("restricted") // There is no safer call into the system.
        static int call() {
            Linker linker = Linker.nativeLinker();
            StructLayout capture = Linker.Option.captureStateLayout();
            VarHandle errno = capture.varHandle(MemoryLayout.PathElement.groupElement("errno"));
            MethodHandle unshare =
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("unshare"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                            Linker.Option.captureCallState("errno"));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(capture);
                int result = (int) unshare.invokeExact(state, CLONE_NEWNET);
                return result == 0 ? 0 : (int) errno.get(state, 0L);
            } catch (Throwable e) {
                throw new LinkageError("unshare", e);
            }
        }
    }
}
