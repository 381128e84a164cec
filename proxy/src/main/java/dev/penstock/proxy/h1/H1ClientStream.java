package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;

/** One request and its answer on a connection to an endpoint. */
final class H1ClientStream implements ClientStream {

    private static final byte[] HEAD = Syntax.ascii("HEAD");

    private final H1ClientConnection connection;
    private final ResponseReceiver receiver;
    private final boolean toHead;
    private final String upgrade;

    private boolean requestEnded;
    private boolean answered;
    private boolean tunnel;
    private boolean paused;
    private boolean over;

    H1ClientStream(
            H1ClientConnection connection,
            MessageHead request,
            boolean requestEnded,
            ResponseReceiver receiver) {
        this.connection = connection;
        this.receiver = receiver;
        this.toHead = request.methodIs(HEAD);
        this.upgrade = request.upgrade();
        this.requestEnded = requestEnded;
    }

    // ---- for the connection

    ResponseReceiver receiver() {
        return receiver;
    }

    boolean toHead() {
        return toHead;
    }

    /** The protocols that were asked for; empty for none. */
    String upgrade() {
        return upgrade;
    }

    boolean paused() {
        return paused;
    }

    /** Nothing more is delivered or sent. */
    void over() {
        over = true;
    }

    void onTunnel(MessageHead head) {
        tunnel = true;
        requestEnded = false;
        receiver.onHead(head, false);
    }

    void onHead(MessageHead head, boolean end) {
        if (end) {
            answered();
        }
        receiver.onHead(head, end);
        if (end) {
            endIfBothEnded();
        }
    }

    void onData(ByteBuf data, boolean end) {
        receiver.onData(data);
        if (end) {
            onEnd();
        }
    }

    void onEnd() {
        if (over || answered) {
            return;
        }
        answered();
        receiver.onEnd();
        endIfBothEnded();
    }

    void onTrailers(MessageHead trailers) {
        answered();
        receiver.onTrailers(trailers);
        endIfBothEnded();
    }

    void onWritable() {
        if (!over) {
            receiver.onWritable();
        }
    }

    /** The stream ended early, not by a call of its owner's. */
    void lost(StreamError error) {
        if (!over) {
            over = true;
            receiver.onReset(error);
        }
    }

    private void answered() {
        answered = true;
        if (!requestEnded && !tunnel) {
            connection.answeredEarly();
        }
    }

    private void endIfBothEnded() {
        if (answered && requestEnded && !over) {
            connection.ended(this);
        }
    }

    // ---- for who opened it

    @Override
    public ClientConnection connection() {
        return connection;
    }

    /** The head went out when the stream was opened. */
    @Override
    public void sendHead(MessageHead head, boolean end) {
        throw new IllegalStateException("the head was sent");
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (over || requestEnded) {
            data.release();
        } else if (!connection.writer().data(data, end)) {
            broken();
        } else if (end) {
            endRequest();
        }
    }

    @Override
    public void sendTrailers(MessageHead trailers) {
        if (over || requestEnded) {
            return;
        }
        if (connection.writer().trailers(trailers)) {
            endRequest();
        } else {
            broken();
        }
    }

    private void endRequest() {
        requestEnded = true;
        if (tunnel) {
            connection.endTunnelOutput();
        } else {
            connection.flush();
        }
        endIfBothEnded();
    }

    /** What was sent does not fit what was announced. */
    private void broken() {
        over = true;
        connection.giveUp();
        receiver.onReset(StreamError.INTERNAL);
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
