package dev.penstock.proxy.h2;

import io.netty.buffer.ByteBuf;

/**
 * Takes what a {@link FrameParser} finds. A frame that is handed on keeps the rules of RFC 9113
 * section 6 that can be told from itself; those of streams are the listener's.
 */
interface FrameListener {

    /**
     * A DATA frame begins. Its data follow in any number of {@link #data} and one {@link
     * #dataFrameEnd}.
     *
     * @param length of its payload with padding, which counts for flow control
     */
    void dataFrame(int streamId, int length, boolean endStream) throws ConnectionError;

    /**
     * The padding of the DATA frame that has begun.
     *
     * @param length with the byte that tells the length
     */
    void dataPadding(int length);

    /** A part of the DATA frame that has begun: takes the given number of bytes off the buffer. */
    void data(ByteBuf in, int length) throws ConnectionError;

    /** The DATA frame that has begun is whole. */
    void dataFrameEnd() throws ConnectionError;

    /**
     * A whole header block.
     *
     * @param selfDependent whether the stream says that it depends on itself
     * @param block to be read during the call only; starts at 0
     */
    void headers(int streamId, boolean endStream, boolean selfDependent, byte[] block, int length)
            throws ConnectionError;

    /** A PRIORITY frame. */
    void priority(int streamId) throws ConnectionError;

    void rstStream(int streamId, int code) throws ConnectionError;

    /** A SETTINGS frame, one call for each setting, then {@link #settingsEnd}. */
    void setting(int id, long value) throws ConnectionError;

    void settingsEnd() throws ConnectionError;

    void settingsAck() throws ConnectionError;

    void ping(long opaque) throws ConnectionError;

    void pingAck(long opaque) throws ConnectionError;

    void goAway(int lastStreamId, int code) throws ConnectionError;

    /**
     * A WINDOW_UPDATE frame.
     *
     * @param streamId 0 for the connection
     * @param increment may be 0, which is an error of the stream or connection
     */
    void windowUpdate(int streamId, int increment) throws ConnectionError;

    /** A frame of a type that is not known. */
    void unknownFrame() throws ConnectionError;

    /** A frame breaks a rule in a way that ends its stream only. */
    void streamFault(int streamId, int code, String reason) throws ConnectionError;
}
