package dev.penstock.l4.netlink;

/**
 * An answer of the kernel does not hold what its lengths promise. {@link NetlinkSocket} makes an
 * {@link ErrnoException} of it, also of one that is thrown by who reads a reply.
 */
public final class GarbledAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is wrong, as it follows "garbled answer: "
     */
    public GarbledAnswerException(String message) {
        super(message);
    }
}
