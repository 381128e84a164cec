package dev.penstock.proxy.h2;

/** Takes the fields of a header block while it is decoded. */
interface FieldSink {

    /**
     * The next field. The arrays are to be read during the call only.
     *
     * @param token a {@link FieldToken}
     */
    void field(
            int token,
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength);
}
