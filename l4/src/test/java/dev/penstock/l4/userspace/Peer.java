package dev.penstock.l4.userspace;

import dev.penstock.l4.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/** A thread in a network namespace of its own that does what it is given. */
final class Peer implements AutoCloseable {

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> thread = new CompletableFuture<>();
    private volatile boolean closed;

    Peer() {
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        NetworkNamespace.run(this::work);
                    } catch (Exception | Error e) {
                        thread.completeExceptionally(e);
                    }
                });
    }

    private void work() throws Exception {
        // "PID/task/TID"
        thread.complete(
                Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
        while (!closed) {
            tasks.take().run();
        }
    }

    /** The kernel's number of the thread, by which {@code ip link} finds the namespace. */
    String thread() {
        return thread.join();
    }

    /** Runs something in the namespace. */
    <T> T call(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        tasks.add(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        closed = true;
        tasks.add(() -> {});
    }
}
