package dev.penstock.l4.netlink;

import java.nio.ByteBuffer;

/**
 * One message of the kernel's answer. It holds only until the next one is read.
 *
 * @param type the message type
 * @param payload what follows {@code nlmsghdr}, in the machine's byte order, from its position to
 *     its limit
 */
public record NetlinkReply(int type, ByteBuffer payload) {

    /** How long a generic netlink message's own header is. */
    public static final int GENERIC_HEADER_LENGTH = 4;

    /**
     * The attributes behind the protocol's own header.
     *
     * @param headerLength how long that header is, a multiple of four; see {@link
     *     #GENERIC_HEADER_LENGTH}
     */
    public Attributes attributes(int headerLength) {
        if (payload.remaining() <= headerLength) {
            return Attributes.NONE;
        }
        return new Attributes(
                payload.slice(
                        payload.position() + headerLength, payload.remaining() - headerLength));
    }
}
