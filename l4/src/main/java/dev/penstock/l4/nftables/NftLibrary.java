package dev.penstock.l4.nftables;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.penstock.l4.node.RulesException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The system's {@code libnftables.so.1}, by libnftables(3). The library is the host's on purpose:
 * one of another version may not read what the host's nft wrote.
 *
 * <p>Scripts that change something share a context, because to close one waits for the kernel to
 * free what was deleted (10 ms and more). A listing has a context of its own, and one in which a
 * script failed is not used again: version 1.0.6 keeps what it knows of the rules, and was seen to
 * follow a pointer that it had poisoned (SIGSEGV) when it listed a second time. A context's netlink
 * socket is of the network namespace of the thread that makes it.
 *
 * <p>Threads: neither a context nor what contexts share in version 1.0.6 is safe for two threads at
 * a time (SIGSEGV). So one thread of the process is in the library, and others wait. The memory of
 * a call is in an arena of its own.
 */
final class NftLibrary implements Nft.Engine {

    private static final String NAME = "libnftables.so.1";

    /** {@code AF_NETLINK}, {@code SOCK_RAW | SOCK_CLOEXEC} and {@code NETLINK_NETFILTER}. */
    private static final int AF_NETLINK = 16;

    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_NETFILTER = 12;

    /** {@code MFD_CLOEXEC}. */
    private static final int CLOSE_ON_EXEC = 1;

    /**
     * Scripts from this length on make the library take memory that the C library would keep: it is
     * given back to the system at once.
     */
    private static final int LARGE_SCRIPT = 100_000;

    private static final @Nullable Calls CALLS = Calls.find();

    /** Held by the thread that is in the library. */
    private static final Lock ENTRY = new ReentrantLock();

    private final Calls calls;

    // Guarded by ENTRY.
    private boolean closed;

    /**
     * What scripts run in, guarded by {@link #ENTRY}; null before the first and after one that
     * failed.
     */
    private @Nullable MemorySegment shared;

    private NftLibrary(Calls calls) {
        this.calls = calls;
    }

    /** Whether the system has the library. */
    static boolean isPresent() {
        return CALLS != null;
    }

    static NftLibrary open() throws RulesException {
        Calls calls = CALLS;
        if (calls == null) {
            throw new RulesException("this machine has no " + NAME);
        }
        try {
            requireNetlink(calls);
            return new NftLibrary(calls);
        } catch (RulesException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Without such a socket the library would end the whole process (netlink_init_error). */
    private static void requireNetlink(Calls calls) throws Throwable {
        int socket =
                (int) calls.socket.invokeExact(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
        if (socket < 0) {
            throw new RulesException(
                    "this kernel has no netlink socket for netfilter: it lacks the module"
                            + " nfnetlink");
        }
        int _ = (int) calls.close.invokeExact(socket);
    }

    @Override
    public void run(String script) throws RulesException {
        ENTRY.lock();
        try {
            if (closed) {
                throw new IllegalStateException("nft: closed (expected: open)");
            }
            runAlone(script);
        } finally {
            ENTRY.unlock();
        }
    }

    private void runAlone(String script) throws RulesException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = shared == null ? newContext() : shared;
            boolean isReusable = false;
            try {
                run(context, arena, script);
                isReusable = true;
            } finally {
                if (isReusable) {
                    shared = context;
                } else {
                    free(context);
                }
                if (script.length() > LARGE_SCRIPT && calls.trim != null) {
                    int _ = (int) calls.trim.invokeExact(0L);
                }
            }
        } catch (RulesException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private MemorySegment newContext() throws Throwable {
        MemorySegment context = (MemorySegment) calls.contextNew.invokeExact(0);
        if (context.equals(MemorySegment.NULL)) {
            throw new RulesException(NAME + " cannot make a context");
        }
        int output = (int) calls.bufferOutput.invokeExact(context);
        int errors = (int) calls.bufferError.invokeExact(context);
        if (output != 0 || errors != 0) {
            free(context);
            throw new RulesException(NAME + " cannot keep its output in memory");
        }
        return context;
    }

    private void free(MemorySegment context) throws Throwable {
        if (context.equals(shared)) {
            shared = null;
        }
        calls.contextFree.invokeExact(context);
    }

    private void run(MemorySegment context, Arena arena, String script) throws Throwable {
        int result = runFile(context, arena.allocateFrom(script), arena);
        if (result != 0) {
            throw new RulesException(text((MemorySegment) calls.errorBuffer.invokeExact(context)));
        }
        // Reading a buffer also empties it for the next script.
        MemorySegment _ = (MemorySegment) calls.outputBuffer.invokeExact(context);
    }

    /** Of a file, of which errors have the line; of a buffer they have not. */
    private int runFile(MemorySegment context, MemorySegment text, Arena arena) throws Throwable {
        int file = (int) calls.memoryFile.invokeExact(arena.allocateFrom("script"), CLOSE_ON_EXEC);
        if (file < 0) {
            return (int) calls.runBuffer.invokeExact(context, text);
        }
        try {
            long length = text.byteSize() - 1; // without the zero at the end
            for (long done = 0; done < length; ) {
                done += written(file, text.asSlice(done, length - done));
            }
            return (int)
                    calls.runFile.invokeExact(context, arena.allocateFrom("/proc/self/fd/" + file));
        } finally {
            int _ = (int) calls.close.invokeExact(file);
        }
    }

    private long written(int file, MemorySegment bytes) throws Throwable {
        long count = (long) calls.write.invokeExact(file, bytes, bytes.byteSize());
        if (count <= 0) {
            throw new RulesException("there is no memory for a script of nft");
        }
        return count;
    }

    @SuppressWarnings("restricted") // the library ends its buffers with a zero
    private static String text(MemorySegment buffer) {
        return buffer.equals(MemorySegment.NULL)
                ? ""
                : buffer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static RulesException unexpected(Throwable e) {
        return new RulesException(NAME + " cannot be called: " + e, e);
    }

    @Override
    public void close() {
        ENTRY.lock();
        try {
            closed = true;
            if (shared != null) {
                free(shared);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            ENTRY.unlock();
        }
    }

    /** The functions; {@code trim} is null where the C library has no {@code malloc_trim}. */
    private record Calls(
            MethodHandle contextNew,
            MethodHandle contextFree,
            MethodHandle runBuffer,
            MethodHandle runFile,
            MethodHandle bufferOutput,
            MethodHandle bufferError,
            MethodHandle outputBuffer,
            MethodHandle errorBuffer,
            MethodHandle socket,
            MethodHandle close,
            MethodHandle memoryFile,
            MethodHandle write,
            @Nullable MethodHandle trim) {

        @SuppressWarnings("restricted") // the signatures are those of libnftables.h and libc
        static @Nullable Calls find() {
            SymbolLookup library;
            try {
                library = SymbolLookup.libraryLookup(NAME, Arena.global());
            } catch (IllegalArgumentException _) {
                return null;
            }
            FunctionDescriptor ofContext = FunctionDescriptor.of(JAVA_INT, ADDRESS);
            FunctionDescriptor twoPointers = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
            FunctionDescriptor buffer = FunctionDescriptor.of(ADDRESS, ADDRESS);
            SymbolLookup libc = Linker.nativeLinker().defaultLookup();
            return new Calls(
                    call(library, "nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT)),
                    call(library, "nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS)),
                    call(library, "nft_run_cmd_from_buffer", twoPointers),
                    call(library, "nft_run_cmd_from_filename", twoPointers),
                    call(library, "nft_ctx_buffer_output", ofContext),
                    call(library, "nft_ctx_buffer_error", ofContext),
                    call(library, "nft_ctx_get_output_buffer", buffer),
                    call(library, "nft_ctx_get_error_buffer", buffer),
                    call(
                            libc,
                            "socket",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)),
                    call(libc, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)),
                    call(libc, "memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT)),
                    call(
                            libc,
                            "write",
                            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG)),
                    optionalCall(libc, "malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG)));
        }

        private static MethodHandle call(
                SymbolLookup library, String name, FunctionDescriptor signature) {
            MethodHandle handle = optionalCall(library, name, signature);
            if (handle == null) {
                throw new IllegalStateException(NAME + " has no function " + name);
            }
            return handle;
        }

        @SuppressWarnings("restricted") // see find()
        private static @Nullable MethodHandle optionalCall(
                SymbolLookup library, String name, FunctionDescriptor signature) {
            Optional<MemorySegment> symbol = library.find(name);
            return symbol.isEmpty()
                    ? null
                    : Linker.nativeLinker().downcallHandle(symbol.get(), signature);
        }
    }
}
