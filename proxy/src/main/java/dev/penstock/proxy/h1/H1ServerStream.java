package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One request and its answer on a client's connection. */
final class H1ServerStream implements ServerStream {

    private final H1ServerConnection connection;
    private final boolean toHead;
    private final boolean http10;
    private final boolean upgradeAsked;
    private boolean continueAwaited;

    private @Nullable MessageReceiver receiver;
    private @Nullable StreamError lostBefore;
    private boolean requestEnded;
    private boolean headSent;
    private boolean answered;
    private boolean tunnel;
    private boolean paused;
    private boolean over;

    H1ServerStream(H1ServerConnection connection, RequestHeadParser parsed, boolean requestEnded) {
        this.connection = connection;
        this.toHead = parsed.headMethod();
        this.http10 = parsed.http10();
        this.upgradeAsked = parsed.head.hasUpgrade();
        this.continueAwaited = parsed.head.expectContinue();
        this.requestEnded = requestEnded;
    }

    // ---- for the connection

    void receiver(MessageReceiver value) {
        receiver = value;
        if (lostBefore != null) {
            value.onReset(lostBefore);
        }
    }

    MessageReceiver receiver() {
        if (receiver == null) {
            throw new IllegalStateException("the handler has not returned yet");
        }
        return receiver;
    }

    boolean requestEnded() {
        return requestEnded;
    }

    boolean headSent() {
        return headSent;
    }

    boolean answered() {
        return answered;
    }

    boolean paused() {
        return paused;
    }

    /** Nothing more is delivered or sent. */
    void over() {
        over = true;
    }

    void onData(ByteBuf data, boolean end) {
        continueAwaited = false;
        receiver().onData(data);
        if (end && !over) {
            onEnd();
        }
    }

    void onEnd() {
        if (over || requestEnded) {
            return;
        }
        requestEnded = true;
        receiver().onEnd();
        endIfBothEnded();
    }

    void onTrailers(MessageHead trailers) {
        requestEnded = true;
        receiver().onTrailers(trailers);
        endIfBothEnded();
    }

    void onWritable() {
        if (receiver != null && !over) {
            receiver.onWritable();
        }
    }

    /** The stream ended early, not by a call of the handler's. */
    void lost(StreamError error) {
        if (over) {
            return;
        }
        over = true;
        if (receiver == null) {
            lostBefore = error;
        } else {
            receiver.onReset(error);
        }
    }

    private void endIfBothEnded() {
        if (answered && !over) {
            connection.ended(this);
        }
    }

    // ---- for the handler

    @Override
    public void sendInterim(MessageHead head) {
        if (over || headSent || http10) {
            return;
        }
        assert head.status() >= 100 && head.status() < 200 && head.status() != 101
                : "status: " + head.status() + " (expected: 1xx but 101)";
        if (head.status() == 100) {
            continueAwaited = false;
        }
        connection.writer().interim(head);
        connection.flush();
    }

    @Override
    public void sendHead(MessageHead head, boolean end) {
        if (over || headSent) {
            return;
        }
        headSent = true;
        boolean untilClose =
                http10
                        && !end
                        && head.bodyLength() < 0
                        && !MessageWriter.isBodiless(head.status(), toHead);
        // A client that still waits for 100 may send its body or not: there is no telling where
        // the next request begins (RFC 9110 section 10.1.1).
        if (untilClose || (!requestEnded && (end || continueAwaited))) {
            connection.closeAfterResponse();
        }
        MessageWriter.Persistence persistence =
                connection.isClosing()
                        ? MessageWriter.Persistence.CLOSE
                        : http10
                                ? MessageWriter.Persistence.KEEP_ALIVE
                                : MessageWriter.Persistence.DEFAULT;
        connection
                .writer()
                .response(head, end, toHead, !http10, persistence, connection.loop().dateLine());
        if (end) {
            endAnswer();
        }
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (over || !headSent || answered) {
            data.release();
        } else if (!connection.writer().data(data, end)) {
            broken();
        } else if (end) {
            endAnswer();
        }
    }

    @Override
    public void sendTrailers(MessageHead trailers) {
        if (over || !headSent || answered) {
            return;
        }
        if (connection.writer().trailers(trailers)) {
            endAnswer();
        } else {
            broken();
        }
    }

    private void endAnswer() {
        answered = true;
        if (!tunnel) {
            connection.answered(this);
            return;
        }
        connection.endTunnelOutput();
        endIfBothEnded();
    }

    /** What was sent does not fit what was announced. */
    private void broken() {
        over = true;
        connection.giveUp();
        if (receiver != null) {
            receiver.onReset(StreamError.INTERNAL);
        }
    }

    @Override
    public void sendUpgrade(MessageHead head) {
        if (!upgradeAsked) {
            throw new IllegalStateException("the request did not ask for an upgrade");
        }
        if (over || headSent) {
            return;
        }
        headSent = true;
        tunnel = true;
        requestEnded = false;
        connection.closeAfterResponse();
        connection.writer().interim(head);
        connection.flush();
        connection.beginTunnel();
    }

    @Override
    public void closeAfterResponse() {
        if (!over && !headSent) {
            connection.closeAfterResponse();
        }
    }

    @Override
    public String protocol() {
        return http10 ? "HTTP/1.0" : "HTTP/1.1";
    }

    @Override
    public ConnectionInfo connection() {
        return connection.info();
    }

    @Override
    public void flush() {
        if (!over) {
            connection.flush();
        }
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    @Override
    public void pauseReading() {
        paused(true);
    }

    @Override
    public void resumeReading() {
        paused(false);
    }

    private void paused(boolean value) {
        if (!over && paused != value) {
            paused = value;
            connection.updateReading();
        }
    }

    @Override
    public void reset(StreamError error) {
        if (!over) {
            over = true;
            connection.giveUp();
        }
    }
}
