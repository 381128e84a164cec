package dev.penstock.l4;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs a test in a network namespace of its own. The kernel keeps the namespace per thread, and
 * what a thread starts inherits it: programs that the body starts see it, and so do sockets that
 * the body opens. It is gone when the thread and everything it started have ended.
 */
public final class NetworkNamespace {

    private static final int CLONE_NEWNET = 0x40000000;

    private NetworkNamespace() {}

    /** A test's code. */
    public interface Body {
        void run() throws Exception;
    }

    /** Runs the body in a new namespace; skips the test where this user may not make one. */
    public static void run(Body body) throws Exception {
        call(() -> {
            body.run();
            return true;
        });
    }

    /** As {@link #run}, with a result. */
    public static <T> T call(Callable<T> body) throws Exception {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    assumeTrue(unshare(), "a network namespace needs root");
                    return body.call();
                });
        Thread.ofPlatform().name("network-namespace").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    @SuppressWarnings("restricted") // unshare(2) has no other way in from Java
    private static boolean unshare() {
        Linker linker = Linker.nativeLinker();
        try {
            return (int)
                            linker.downcallHandle(
                                            linker.defaultLookup().findOrThrow("unshare"),
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                                    .invokeExact(CLONE_NEWNET)
                    == 0;
        } catch (Throwable e) {
            throw new LinkageError("unshare", e);
        }
    }
}
