package dev.penstock.l4.netlink;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** The kernel refused a call or a request. The message is one line: what failed, and why. */
public final class ErrnoException extends IOException {

    /** Operation not permitted. */
    public static final int EPERM = 1;

    /** No such file, or no such object. */
    public static final int ENOENT = 2;

    /** No such process; of IPVS: no such virtual server. */
    public static final int ESRCH = 3;

    /** Interrupted by a signal; of a dump: it changed meanwhile. */
    public static final int EINTR = 4;

    /** Nothing came in time. */
    public static final int EAGAIN = 11;

    /** Permission denied. */
    public static final int EACCES = 13;

    /** It exists already. */
    public static final int EEXIST = 17;

    /** No such device. */
    public static final int ENODEV = 19;

    /** Bad message: an answer that cannot be read. */
    public static final int EBADMSG = 74;

    /** The kernel does not have it. */
    public static final int EOPNOTSUPP = 95;

    private static final long serialVersionUID = 1L;

    private final int errno;

    ErrnoException(String operation, int errno, String detail) {
        super(message(operation, errno, detail));
        this.errno = errno;
    }

    private static String message(String operation, int errno, String detail) {
        String reason = LibC.errorText(errno) + (detail.isEmpty() ? "" : " (" + detail + ")");
        return "cannot " + operation + ": " + reason;
    }

    /** One line: what failed, and why. */
    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage(), "message");
    }

    /** The kernel's error number, as in {@code errno.h}. */
    public int errno() {
        return errno;
    }
}
