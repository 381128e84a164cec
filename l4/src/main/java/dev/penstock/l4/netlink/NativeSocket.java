package dev.penstock.l4.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket by its numbers, as {@code socket(2)} makes it. Calls block; give it a {@linkplain
 * #receiveTimeout timeout}. One thread may send while another receives; {@link #close} waits for
 * both, so that a blocked {@link #receive} holds it up until its timeout at most.
 */
public final class NativeSocket implements AutoCloseable {

    /** {@code AF_INET6}. */
    public static final int AF_INET6 = 10;

    /** {@code AF_NETLINK}. */
    public static final int AF_NETLINK = 16;

    /** {@code AF_PACKET}. */
    public static final int AF_PACKET = 17;

    /** {@code SOCK_DGRAM}. */
    public static final int SOCK_DGRAM = 2;

    /** {@code SOCK_RAW}. */
    public static final int SOCK_RAW = 3;

    /** {@code SOL_SOCKET}. */
    public static final int SOL_SOCKET = 1;

    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SO_RCVTIMEO = 20;
    private static final int EBADF = 9;
    private static final int ADDRESS_MAX = 128; // sockaddr_storage

    private final String name;
    private final int descriptor;
    private final Object sending = new Object();
    private final Object receiving = new Object();
    // Shared: the thread that closes is not always the one that receives.
    private final Arena arena = Arena.ofShared();
    private final MemorySegment sendErrno = arena.allocate(LibC.ERRNO_LAYOUT);
    private final MemorySegment receiveErrno = arena.allocate(LibC.ERRNO_LAYOUT);
    private final MemorySegment sendAddress = arena.allocate(ADDRESS_MAX);
    private final MemorySegment receiveAddress = arena.allocate(ADDRESS_MAX);
    private final MemorySegment receiveAddressLength = arena.allocate(JAVA_INT);
    private MemorySegment sendBuffer = MemorySegment.NULL;
    private MemorySegment receiveBuffer = MemorySegment.NULL;
    private volatile boolean open = true;

    private NativeSocket(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /**
     * Opens one, closed in programs that this one starts.
     *
     * @param name what it is called in messages, such as {@code "a packet socket"}
     * @param protocol in the byte order that the family wants it in
     */
    public static NativeSocket open(String name, int family, int type, int protocol)
            throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(LibC.ERRNO_LAYOUT);
            int descriptor =
                    (int) LibC.SOCKET.invokeExact(errno, family, type | SOCK_CLOEXEC, protocol);
            if (descriptor < 0) {
                throw new ErrnoException("open " + name, LibC.errno(errno), "");
            }
            return new NativeSocket(name, descriptor);
        } catch (ErrnoException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    /**
     * Binds it.
     *
     * @param address a {@code sockaddr} of its family, in the kernel's layout and byte orders
     */
    public void bind(byte[] address) throws ErrnoException {
        synchronized (sending) {
            checkOpen("bind ");
            MemorySegment.copy(address, 0, sendAddress, ValueLayout.JAVA_BYTE, 0, address.length);
            try {
                int result =
                        (int)
                                LibC.BIND.invokeExact(
                                        sendErrno, descriptor, sendAddress, address.length);
                check(result, sendErrno, "bind ");
            } catch (ErrnoException e) {
                throw e;
            } catch (Throwable e) {
                throw LibC.unexpected(e);
            }
        }
    }

    /** Sets an option, {@code setsockopt(2)}; the value in the kernel's layout and byte order. */
    public void option(int level, int option, byte[] value) throws ErrnoException {
        synchronized (sending) {
            checkOpen("set an option of ");
            try {
                MemorySegment segment = sendBuffer(Math.max(value.length, 1));
                MemorySegment.copy(value, 0, segment, ValueLayout.JAVA_BYTE, 0, value.length);
                int result =
                        (int)
                                LibC.SET_OPTION.invokeExact(
                                        sendErrno,
                                        descriptor,
                                        level,
                                        option,
                                        segment,
                                        value.length);
                check(result, sendErrno, "set option " + level + "/" + option + " of ");
            } catch (ErrnoException e) {
                throw e;
            } catch (Throwable e) {
                throw LibC.unexpected(e);
            }
        }
    }

    /** Sets an option whose value is an {@code int}. */
    public void option(int level, int option, int value) throws ErrnoException {
        byte[] bytes = new byte[Integer.BYTES];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, 0, value);
        option(level, option, bytes);
    }

    /** How long {@link #receive} waits; zero for ever. */
    public void receiveTimeout(Duration timeout) throws ErrnoException {
        byte[] timeval = new byte[2 * Long.BYTES];
        MemorySegment segment = MemorySegment.ofArray(timeval);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, timeout.toSeconds());
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, Long.BYTES, timeout.toNanosPart() / 1000);
        option(SOL_SOCKET, SO_RCVTIMEO, timeval);
    }

    /** Sends to where the socket sends by itself: the kernel, for netlink. */
    public void send(ByteBuffer data) throws ErrnoException {
        sendTo(data, new byte[0]);
    }

    /**
     * Sends one datagram.
     *
     * @param data from its position to its limit; both stay
     * @param address a {@code sockaddr} in the kernel's layout; empty for none
     */
    public void sendTo(ByteBuffer data, byte[] address) throws ErrnoException {
        synchronized (sending) {
            checkOpen("send to ");
            int length = data.remaining();
            MemorySegment segment = sendBuffer(length);
            MemorySegment.copy(MemorySegment.ofBuffer(data), 0, segment, 0, length);
            MemorySegment.copy(address, 0, sendAddress, ValueLayout.JAVA_BYTE, 0, address.length);
            MemorySegment target = address.length == 0 ? MemorySegment.NULL : sendAddress;
            try {
                long result;
                do {
                    result =
                            (long)
                                    LibC.SEND_TO.invokeExact(
                                            sendErrno,
                                            descriptor,
                                            segment,
                                            (long) length,
                                            0,
                                            target,
                                            address.length);
                } while (result < 0 && LibC.errno(sendErrno) == ErrnoException.EINTR);
                check(result, sendErrno, "send to ");
            } catch (ErrnoException e) {
                throw e;
            } catch (Throwable e) {
                throw LibC.unexpected(e);
            }
        }
    }

    /** Receives one datagram, without its sender's address; see {@link #receiveFrom}. */
    public boolean receive(ByteBuffer data) throws ErrnoException {
        return receiveFrom(data, null);
    }

    /**
     * Receives one datagram; what does not fit is lost.
     *
     * @param data cleared first, then filled and flipped
     * @param sender the same, for the sender's {@code sockaddr}; null where nobody wants it
     * @return false if none came within the timeout
     */
    public boolean receiveFrom(ByteBuffer data, @Nullable ByteBuffer sender) throws ErrnoException {
        synchronized (receiving) {
            checkOpen("receive from ");
            data.clear();
            MemorySegment segment = receiveBuffer(data.capacity());
            long length = receive(segment, data.capacity());
            if (length < 0) {
                data.limit(0);
                return false;
            }
            MemorySegment.copy(segment, 0, MemorySegment.ofBuffer(data), 0, length);
            data.limit((int) length);
            if (sender != null) {
                sender.clear();
                int size = Math.min(receiveAddressLength.get(JAVA_INT, 0), sender.capacity());
                MemorySegment.copy(receiveAddress, 0, MemorySegment.ofBuffer(sender), 0, size);
                sender.limit(size);
            }
            return true;
        }
    }

    private long receive(MemorySegment segment, int capacity) throws ErrnoException {
        try {
            while (true) {
                receiveAddressLength.set(JAVA_INT, 0, ADDRESS_MAX);
                long length =
                        (long)
                                LibC.RECEIVE_FROM.invokeExact(
                                        receiveErrno,
                                        descriptor,
                                        segment,
                                        (long) capacity,
                                        0,
                                        receiveAddress,
                                        receiveAddressLength);
                int errno = length < 0 ? LibC.errno(receiveErrno) : 0;
                if (errno == ErrnoException.EAGAIN) {
                    return -1;
                }
                if (errno != ErrnoException.EINTR) {
                    check(length, receiveErrno, "receive from ");
                    return length;
                }
            }
        } catch (ErrnoException e) {
            throw e;
        } catch (Throwable e) {
            throw LibC.unexpected(e);
        }
    }

    private MemorySegment sendBuffer(int size) {
        if (sendBuffer.byteSize() < size) {
            sendBuffer =
                    arena.allocate(Math.max(Integer.highestOneBit(size) * 2, 4096), Long.BYTES);
        }
        return sendBuffer;
    }

    private MemorySegment receiveBuffer(int size) {
        if (receiveBuffer.byteSize() < size) {
            receiveBuffer = arena.allocate(size, Long.BYTES);
        }
        return receiveBuffer;
    }

    private void checkOpen(String operation) throws ErrnoException {
        if (!open) {
            throw new ErrnoException(operation + name, EBADF, "closed");
        }
    }

    private void check(long result, MemorySegment errno, String operation) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(operation + name, LibC.errno(errno), "");
        }
    }

    /** A heap buffer in the machine's byte order. */
    static ByteBuffer nativeBuffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        open = false;
        synchronized (sending) {
            synchronized (receiving) {
                if (!arena.scope().isAlive()) {
                    return;
                }
                try {
                    // Linux frees the descriptor even where close(2) reports an error.
                    int _ = (int) LibC.CLOSE.invokeExact(sendErrno, descriptor);
                } catch (Throwable e) {
                    throw LibC.unexpected(e);
                }
                arena.close();
            }
        }
    }
}
