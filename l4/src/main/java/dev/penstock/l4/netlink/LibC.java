package dev.penstock.l4.netlink;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's socket functions. Each handle takes first the memory that the call's {@code
 * errno} goes to: {@link #ERRNO_LAYOUT}.
 */
@SuppressWarnings("restricted") // native access is what this class is for
final class LibC {

    static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    /** {@code ssize_t} and {@code size_t} are 64 bits wide on the machines we run on. */
    static final MethodHandle SOCKET =
            withErrno("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    static final MethodHandle BIND =
            withErrno("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    static final MethodHandle SEND_TO =
            withErrno(
                    "sendto",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    static final MethodHandle RECEIVE_FROM =
            withErrno(
                    "recvfrom",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));

    static final MethodHandle SET_OPTION =
            withErrno(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    static final MethodHandle CLOSE = withErrno("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static final MethodHandle ERROR_TEXT =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
                            FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private static final VarHandle ERRNO =
            ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final int TEXT_MAX = 1024;

    private LibC() {}

    private static MethodHandle withErrno(String name, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                function,
                Linker.Option.captureCallState("errno"));
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** What an error number means, in English. */
    static String errorText(int errno) {
        try {
            MemorySegment text = (MemorySegment) ERROR_TEXT.invokeExact(errno);
            return text.reinterpret(TEXT_MAX).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** For what a method handle declares and a C function cannot throw. */
    static IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a C function cannot throw", e);
    }
}
