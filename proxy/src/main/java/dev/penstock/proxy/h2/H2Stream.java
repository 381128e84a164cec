package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.MessageStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A stream of either side: the windows, what waits for them, and which directions have ended. It is
 * over when nothing more is to be sent or told; then it ignores all calls.
 */
abstract sealed class H2Stream implements MessageStream permits H2ServerStream, H2ClientStream {

    /** Queued bytes from which on the stream is not writable. */
    static final int QUEUE_HIGH = 32 * 1024;

    /** Queued bytes down to which it is writable again. */
    static final int QUEUE_LOW = 8 * 1024;

    private final H2Connection connection;
    private final int id;
    private @Nullable MessageReceiver receiver;
    private @Nullable StreamError endedBefore;
    private boolean over;

    // sending
    private int sendWindow;
    private @Nullable ArrayDeque<ByteBuf> sendQueue;
    private int queuedBytes;
    private boolean ready;
    private boolean sendDone;
    private boolean localEnded;
    private boolean tellWritable;
    private @Nullable MessageHead queuedTrailers;
    private long sendRemaining = MessageHead.LENGTH_UNKNOWN;
    private int sentSinceCheck;
    private long stalledSince;

    // receiving
    private int receiveWindow;
    private int unreturned;
    private boolean paused;
    private @Nullable ArrayDeque<ByteBuf> held;
    private @Nullable MessageHead heldTrailers;
    private boolean remoteEnded;
    private boolean endTold;
    private long receiveRemaining = MessageHead.LENGTH_UNKNOWN;

    H2Stream(H2Connection connection, int id, int sendWindow, int receiveWindow) {
        this.connection = connection;
        this.id = id;
        this.sendWindow = sendWindow;
        this.receiveWindow = receiveWindow;
    }

    final int id() {
        return id;
    }

    /** The handler has answered; it is told what it missed. */
    final void receiver(MessageReceiver value) {
        receiver = value;
        StreamError error = endedBefore;
        if (error != null) {
            value.onReset(error);
        }
    }

    final @Nullable MessageReceiver receiver() {
        return receiver;
    }

    final boolean isOver() {
        return over;
    }

    final boolean hasLocalEnded() {
        return localEnded;
    }

    final boolean hasRemoteEnded() {
        return remoteEnded;
    }

    /** Whether the whole arriving message was handed to the receiver. */
    final boolean isEndTold() {
        return endTold;
    }

    /** The code that tells the peer why we reset. */
    abstract int codeOf(StreamError error);

    // ---- sending

    /** Whether a message of this stream may be sent still. */
    final boolean maySend() {
        return !over && !sendDone;
    }

    /** The head was written; the body is to have a length, or one that is not known. */
    final void headSent(boolean end, long bodyLength) {
        sendRemaining = bodyLength;
        if (end) {
            sendDone = true;
            localEnded();
        }
    }

    @Override
    public final void sendData(ByteBuf data, boolean end) {
        if (!maySend()) {
            data.release();
            return;
        }
        int length = data.readableBytes();
        if (sendRemaining >= 0) {
            sendRemaining -= length;
            if (sendRemaining < 0 || (end && sendRemaining > 0)) {
                data.release();
                connection.resetStream(this, ErrorCode.INTERNAL_ERROR, StreamError.INTERNAL);
                return;
            }
        }
        if (length == 0 && !end) {
            data.release();
            return;
        }
        sendDone = end;
        if (length == 0 && hasQueuedData()) {
            data.release(); // what is queued ends the message
            return;
        }
        connection.sender().send(this, data, end);
        if (queuedBytes > 0) {
            connection.dataQueued();
        }
    }

    @Override
    public final void sendTrailers(MessageHead trailers) {
        if (!maySend()) {
            return;
        }
        if (trailers.fieldCount() == 0) {
            sendData(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        if (sendRemaining > 0) {
            connection.resetStream(this, ErrorCode.INTERNAL_ERROR, StreamError.INTERNAL);
            return;
        }
        sendDone = true;
        if (hasQueuedData()) {
            queuedTrailers = new MessageHead();
            queuedTrailers.copyFrom(trailers);
        } else {
            connection.writeTrailers(id, trailers);
            localEnded();
        }
    }

    @Override
    public final void flush() {
        connection.requestFlush();
    }

    @Override
    public final boolean isWritable() {
        if (queuedBytes < QUEUE_HIGH || over) {
            return true;
        }
        tellWritable = true;
        return false;
    }

    @Override
    public final void reset(StreamError error) {
        if (!over) {
            connection.sendReset(this, codeOf(error));
        }
    }

    final int sendWindow() {
        return sendWindow;
    }

    final void sent(int length) {
        sendWindow -= length;
        sentSinceCheck += length;
    }

    /**
     * Widens the window, or narrows it when the peer changes its setting.
     *
     * @return whether it is still a window the RFC allows
     */
    final boolean widenSendWindow(int increment) {
        long next = (long) sendWindow + increment;
        if (next > FrameFormat.WINDOW_MAX) {
            return false;
        }
        sendWindow = (int) next;
        return true;
    }

    final boolean hasQueuedData() {
        return sendQueue != null && !sendQueue.isEmpty();
    }

    final boolean isReady() {
        return ready;
    }

    final void ready(boolean value) {
        ready = value;
    }

    /** Queues data; the end, if it is one, is known from {@code sendDone}. */
    final void queue(ByteBuf data) {
        ArrayDeque<ByteBuf> queue = sendQueue;
        if (queue == null) {
            queue = new ArrayDeque<>(4);
            sendQueue = queue;
        }
        queue.add(data);
        queuedBytes += data.readableBytes();
    }

    /** The next queued data, at most so many bytes; the caller's to release. */
    final ByteBuf dequeue(int lengthMax) {
        ArrayDeque<ByteBuf> queue = sendQueue;
        if (queue == null) {
            throw new IllegalStateException("nothing is queued");
        }
        ByteBuf head = queue.element();
        ByteBuf data =
                head.readableBytes() > lengthMax
                        ? head.readRetainedSlice(lengthMax)
                        : queue.remove();
        queuedBytes -= data.readableBytes();
        return data;
    }

    /** Whether the data dequeued last end the message. */
    final boolean queueEnds() {
        return sendDone && queuedTrailers == null && !hasQueuedData();
    }

    /** The last queued data were written. */
    final void queueDrained() {
        MessageHead trailers = queuedTrailers;
        if (trailers != null) {
            queuedTrailers = null;
            connection.writeTrailers(id, trailers);
            localEnded();
        }
    }

    /** Tells the receiver if it waits for room. */
    final void queueShrank() {
        MessageReceiver told = receiver;
        if (tellWritable && queuedBytes <= QUEUE_LOW && !over && told != null) {
            tellWritable = false;
            told.onWritable();
        }
    }

    /** The end of our message was written. */
    final void localEnded() {
        localEnded = true;
        connection.localEnded(this);
    }

    /**
     * Whether the stream has had data to send for a time without sending a worthwhile part of it.
     *
     * @param worthwhile bytes that count as progress
     */
    final boolean isStalled(long nowNanos, long limitNanos, int worthwhile) {
        if (!hasQueuedData() || stalledSince == 0 || sentSinceCheck >= worthwhile) {
            sentSinceCheck = 0;
            stalledSince = hasQueuedData() ? nowNanos | 1 : 0;
            return false;
        }
        return nowNanos - stalledSince >= limitNanos;
    }

    // ---- receiving

    @Override
    public final void pauseReading() {
        paused = true;
    }

    @Override
    public final void resumeReading() {
        if (!paused) {
            return;
        }
        paused = false;
        ArrayDeque<ByteBuf> waiting = held;
        while (waiting != null && !paused && !over) {
            ByteBuf data = waiting.poll();
            if (data == null) {
                break;
            }
            deliver(data);
        }
        if (!paused && !over && remoteEnded && (waiting == null || waiting.isEmpty())) {
            tellEnd();
        }
    }

    /** The announced length of the arriving body, or one that is not known. */
    final void receiveLength(long bodyLength) {
        receiveRemaining = bodyLength;
    }

    /** Takes a frame off the window; whether it fits. */
    final boolean admit(int length) {
        receiveWindow -= length;
        return receiveWindow >= 0;
    }

    final void changeReceiveWindow(int delta) {
        receiveWindow += delta;
    }

    /**
     * A part of the body arrived.
     *
     * @param data taken over
     * @return whether it is within the announced length
     */
    final boolean receive(ByteBuf data) {
        if (receiveRemaining >= 0) {
            receiveRemaining -= data.readableBytes();
            if (receiveRemaining < 0) {
                connection.consumed(data.readableBytes());
                data.release();
                return false;
            }
        }
        if (paused || (held != null && !held.isEmpty())) {
            ArrayDeque<ByteBuf> waiting = held;
            if (waiting == null) {
                waiting = new ArrayDeque<>(4);
                held = waiting;
            }
            waiting.add(data);
        } else {
            deliver(data);
        }
        return true;
    }

    /** Whether the body that has arrived is as long as was announced. */
    final boolean isReceivedWhole() {
        return receiveRemaining <= 0;
    }

    /**
     * The arriving message ended.
     *
     * @param trailers or null; read during the call only
     */
    final void remoteEnded(@Nullable MessageHead trailers) {
        remoteEnded = true;
        boolean waits = paused || (held != null && !held.isEmpty());
        if (trailers != null) {
            heldTrailers = trailers;
            if (waits) {
                heldTrailers = new MessageHead();
                heldTrailers.copyFrom(trailers);
            }
        }
        if (!waits) {
            tellEnd();
        }
        connection.remoteEnded(this);
    }

    /** The arriving message ended with its head, of which the receiver was told. */
    final void remoteEndedWithHead() {
        remoteEnded = true;
        endTold = true;
        connection.remoteEnded(this);
    }

    private void tellEnd() {
        MessageReceiver told = receiver;
        if (endTold || told == null) {
            return;
        }
        endTold = true;
        MessageHead trailers = heldTrailers;
        heldTrailers = null;
        if (trailers != null) {
            told.onTrailers(trailers);
        } else {
            told.onEnd();
        }
        if (localEnded) {
            over = true;
        }
    }

    private void deliver(ByteBuf data) {
        int length = data.readableBytes();
        connection.consumed(length);
        returnWindow(length);
        MessageReceiver told = receiver;
        if (told == null) {
            data.release();
        } else {
            told.onData(data);
        }
    }

    /** Padding and data that were handed on: the peer may send as much again, by halves. */
    final void returnWindow(int length) {
        unreturned += length;
        if (!remoteEnded && unreturned >= connection.streamWindow() / 2) {
            receiveWindow += unreturned;
            connection.writeWindowUpdate(id, unreturned);
            unreturned = 0;
        }
    }

    // ---- the end

    /** Lets go of everything; nothing more is told. */
    final void end() {
        over = true;
        dropQueue();
        heldTrailers = null;
        ArrayDeque<ByteBuf> waiting = held;
        if (waiting != null) {
            held = null;
            connection.consumed(release(waiting));
        }
    }

    /** Sends nothing more; what has arrived is still handed on. */
    final void stopSending() {
        if (endTold) {
            end();
            return;
        }
        sendDone = true;
        localEnded = true;
        dropQueue();
    }

    private void dropQueue() {
        queuedTrailers = null;
        queuedBytes = 0;
        ArrayDeque<ByteBuf> queue = sendQueue;
        if (queue != null) {
            sendQueue = null;
            release(queue);
        }
    }

    /** Ends and tells the receiver why. */
    final void end(StreamError error) {
        if (over) {
            return;
        }
        end();
        MessageReceiver told = receiver;
        if (told == null) {
            endedBefore = error;
        } else {
            told.onReset(error);
        }
    }

    private static int release(ArrayDeque<ByteBuf> buffers) {
        int bytes = 0;
        for (ByteBuf data : buffers) {
            bytes += data.readableBytes();
            data.release();
        }
        return bytes;
    }
}
