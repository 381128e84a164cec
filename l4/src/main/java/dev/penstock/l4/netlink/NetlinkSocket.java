package dev.penstock.l4.netlink;

import static dev.penstock.l4.netlink.NetlinkMessage.ACK;
import static dev.penstock.l4.netlink.NetlinkMessage.DUMP;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Talks to the kernel by netlink: requests that are acknowledged, one or many at a time, and dumps.
 * The kernel does a request while it is sent, so that answers never take long.
 */
public final class NetlinkSocket implements AutoCloseable {

    /** {@code NETLINK_ROUTE}: links, addresses, routes, neighbours. */
    public static final int ROUTE = 0;

    /** {@code NETLINK_NETFILTER}: conntrack, sets. */
    public static final int NETFILTER = 12;

    /** {@code NETLINK_GENERIC}. */
    public static final int GENERIC = 16;

    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUFFORCE = 33;

    private static final int TYPE_ERROR = 2;
    private static final int TYPE_DONE = 3;
    private static final int FLAG_DUMP_INTERRUPTED = 0x10;

    private static final int CONTROL_FAMILY = 0x10;
    private static final int CONTROL_GET_FAMILY = 3;
    private static final int CONTROL_FAMILY_ID = 1;
    private static final int CONTROL_FAMILY_NAME = 2;

    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final int DUMP_TRIES = 10;
    private static final int RECEIVE_SIZE = 256 * 1024; // above what the kernel sends at a time
    private static final int RECEIVE_QUEUE_SIZE = 4 * 1024 * 1024;
    private static final int SEND_SIZE = 32 * 1024;
    private static final int SEND_QUEUE_SIZE = 1024 * 1024;
    // An answer takes about 1 KiB of the kernel's queue, whatever its length; all may fail.
    private static final int BATCH_MAX = 200;

    private final NativeSocket socket;
    private final ByteBuffer received = NativeSocket.nativeBuffer(RECEIVE_SIZE);
    private final ReceivedMessages messages = new ReceivedMessages(received);
    private ByteBuffer sent = NativeSocket.nativeBuffer(SEND_SIZE);
    private int sequence;

    private NetlinkSocket(NativeSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens one; it needs no privilege, most requests do.
     *
     * @param protocol such as {@link #ROUTE}
     */
    public static NetlinkSocket open(int protocol) throws ErrnoException {
        NativeSocket socket =
                NativeSocket.open(
                        "a netlink socket",
                        NativeSocket.AF_NETLINK,
                        NativeSocket.SOCK_RAW,
                        protocol);
        try {
            socket.bind(new byte[] {NativeSocket.AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
            socket.option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
            socket.option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
            socket.option(NativeSocket.SOL_SOCKET, SO_SNDBUF, SEND_QUEUE_SIZE);
            socket.receiveTimeout(ANSWER_MAX);
            enlargeReceiveQueue(socket);
        } catch (ErrnoException e) {
            socket.close();
            throw e;
        }
        return new NetlinkSocket(socket);
    }

    private static void enlargeReceiveQueue(NativeSocket socket) {
        try {
            socket.option(NativeSocket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_QUEUE_SIZE);
        } catch (ErrnoException _) {
            // Without the privilege the default size stays, which is enough for one request.
        }
    }

    /**
     * The number of a generic netlink family. The kernel loads its module if it can.
     *
     * @throws ErrnoException with {@link ErrnoException#ENOENT} if there is none
     */
    public int genericFamily(String name) throws ErrnoException {
        NetlinkMessage request =
                NetlinkMessage.generic(
                                "find the kernel's netlink family " + name,
                                CONTROL_FAMILY,
                                CONTROL_GET_FAMILY,
                                1)
                        .putString(CONTROL_FAMILY_NAME, name);
        int[] family = new int[1];
        get(
                request,
                reply ->
                        family[0] =
                                reply.attributes(NetlinkReply.GENERIC_HEADER_LENGTH)
                                        .u16(CONTROL_FAMILY_ID, 0));
        return family[0];
    }

    /** Sends a request and waits until the kernel has done it. */
    public void execute(NetlinkMessage request) throws ErrnoException {
        List<ErrnoException> failures = execute(List.of(request));
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    /**
     * Sends requests, many at a time, which the kernel does in their order; one that fails does not
     * stop the others.
     *
     * @return what failed, in order
     * @throws ErrnoException if sending or receiving failed: then it is unknown what was done
     */
    public List<ErrnoException> execute(List<NetlinkMessage> requests) throws ErrnoException {
        List<ErrnoException> failures = new ArrayList<>();
        for (int first = 0; first < requests.size(); ) {
            int end = batchEnd(requests, first);
            int firstSequence = sequence + 1;
            sent.clear();
            for (int i = first; i < end; i++) {
                // Errors are answered in any case: one answer tells that all were done.
                write(requests.get(i), i == end - 1 ? ACK : 0);
            }
            socket.send(sent.flip());
            readAnswers(requests.subList(first, end), firstSequence, failures);
            first = end;
        }
        return failures;
    }

    /**
     * Sends requests between two that are not answered, all at once: nf_tables takes requests only
     * in such a transaction.
     *
     * @param requests at least one
     * @throws ErrnoException if one failed: then the kernel did none
     */
    public void executeBetween(
            NetlinkMessage before, List<NetlinkMessage> requests, NetlinkMessage after)
            throws ErrnoException {
        sent.clear();
        write(before, 0);
        int first = sequence + 1;
        for (NetlinkMessage request : requests) {
            write(request, request == requests.getLast() ? ACK : 0);
        }
        write(after, 0);
        socket.send(sent.flip());
        List<ErrnoException> failures = new ArrayList<>();
        readAnswers(requests, first, failures);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    /** Behind the last of the requests that are sent together. */
    private static int batchEnd(List<NetlinkMessage> requests, int first) {
        int length = requests.get(first).length();
        int end = first + 1;
        while (end < requests.size() && end - first < BATCH_MAX) {
            length += requests.get(end).length();
            if (length > SEND_SIZE) {
                break;
            }
            end++;
        }
        return end;
    }

    private void readAnswers(
            List<NetlinkMessage> batch, int firstSequence, List<ErrnoException> failures)
            throws ErrnoException {
        NetlinkMessage last = batch.getLast();
        boolean done = false;
        while (!done) {
            receive(last);
            try {
                while (messages.isAtMessage()) {
                    int index = messages.sequence() - firstSequence;
                    if (index >= 0 && index < batch.size() && messages.type() == TYPE_ERROR) {
                        int errno = messages.errno();
                        if (errno != 0) {
                            failures.add(failure(batch.get(index), errno));
                        }
                        done |= index == batch.size() - 1;
                    }
                    messages.skip();
                }
            } catch (GarbledAnswerException e) {
                throw garbled(last, e);
            }
        }
    }

    /** Sends a request that is answered with one message or more, and acknowledged. */
    public void get(NetlinkMessage request, Consumer<NetlinkReply> replies) throws ErrnoException {
        sent.clear();
        write(request, ACK);
        socket.send(sent.flip());
        readReplies(request, replies);
    }

    /**
     * Asks for all objects of a kind.
     *
     * @param restart called before the objects come again because they changed meanwhile: what came
     *     until then is to be forgotten
     */
    public void dump(NetlinkMessage request, Runnable restart, Consumer<NetlinkReply> replies)
            throws ErrnoException {
        for (int tried = 1; ; tried++) {
            sent.clear();
            write(request, DUMP);
            socket.send(sent.flip());
            // The kernel's advice is to ask again; something that changes all the time is taken
            // as it came.
            if (!readReplies(request, replies) || tried == DUMP_TRIES) {
                return;
            }
            restart.run();
        }
    }

    /** Reads up to the end; returns whether the kernel said that the objects changed meanwhile. */
    private boolean readReplies(NetlinkMessage request, Consumer<NetlinkReply> replies)
            throws ErrnoException {
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            receive(request);
            try {
                while (messages.isAtMessage()) {
                    if (messages.sequence() == sequence) {
                        interrupted |= (messages.flags() & FLAG_DUMP_INTERRUPTED) != 0;
                        done |= read(request, replies);
                    }
                    messages.skip();
                }
            } catch (GarbledAnswerException e) {
                throw garbled(request, e);
            }
        }
        return interrupted;
    }

    /** Reads a message; returns whether it is the last. */
    private boolean read(NetlinkMessage request, Consumer<NetlinkReply> replies)
            throws ErrnoException {
        int type = messages.type();
        if (type != TYPE_ERROR && type != TYPE_DONE) {
            replies.accept(new NetlinkReply(type, messages.payload()));
            return false;
        }
        // Some kernels end a dump without a number.
        boolean isEmpty = type == TYPE_DONE && !messages.payload().hasRemaining();
        int errno = isEmpty ? 0 : messages.errno();
        if (errno != 0) {
            throw failure(request, errno);
        }
        return true;
    }

    private void write(NetlinkMessage request, int flags) {
        if (sent.remaining() < request.length()) {
            ByteBuffer larger = NativeSocket.nativeBuffer(2 * (sent.capacity() + request.length()));
            sent = larger.put(sent.flip());
        }
        request.writeTo(sent, flags, ++sequence);
    }

    private void receive(NetlinkMessage request) throws ErrnoException {
        if (!socket.receive(received)) {
            throw new ErrnoException(
                    request.operation(), ErrnoException.EAGAIN, "no answer from the kernel");
        }
    }

    private ErrnoException failure(NetlinkMessage request, int errno) {
        return new ErrnoException(request.operation(), errno, messages.errorText());
    }

    private static ErrnoException garbled(NetlinkMessage request, GarbledAnswerException e) {
        return new ErrnoException(
                request.operation(), ErrnoException.EBADMSG, "garbled answer: " + e.getMessage());
    }

    @Override
    public void close() {
        socket.close();
    }
}
