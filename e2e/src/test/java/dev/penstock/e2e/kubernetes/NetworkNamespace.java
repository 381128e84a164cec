package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace for this test JVM. The kernel keeps the namespace per thread, and a thread or
 * process inherits that of the thread that makes it: what the thread that calls {@link #enter}
 * starts afterwards is inside, and nothing that listens there is seen from outside. It ends with
 * the JVM.
 */
final class NetworkNamespace {
    /** Addresses for pods, all local to the namespace, as an EndpointSlice may name them. */
    static final String POD_NETWORK = "10.244.0.";

    private static final int CLONE_NEWNET = 0x40000000;

    private static boolean entered;

    private NetworkNamespace() {}

    /**
     * Moves the calling thread into a namespace of its own, once.
     *
     * @return whether the thread is in the namespace; false where this system or its user may not
     */
    static synchronized boolean enter() throws IOException, InterruptedException {
        if (!entered && System.getProperty("os.name").equals("Linux") && unshare() == 0) {
            run("ip", "link", "set", "lo", "up");
            run("ip", "route", "add", "local", POD_NETWORK + "0/24", "dev", "lo");
            entered = true;
        }
        return entered;
    }

    static synchronized boolean isEntered() {
        return entered;
    }

    @SuppressWarnings("restricted") // unshare(2) has no other way in from Java.
    private static int unshare() {
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
