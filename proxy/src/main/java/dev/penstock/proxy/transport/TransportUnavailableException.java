package dev.penstock.proxy.transport;

/** The transport that was asked for does not work on this system. */
public final class TransportUnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    TransportUnavailableException(TransportKind kind, Throwable cause) {
        super(
                "transport "
                        + kind.text()
                        + " is not available here ("
                        + reason(cause)
                        + "); use auto to take the best that is",
                cause);
    }

    private static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
