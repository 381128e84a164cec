package dev.penstock.proxy.listener;

import java.net.InetSocketAddress;

/** A listener's address cannot be used. The message says which, why, and what to do. */
public final class BindException extends Exception {

    private static final long serialVersionUID = 1;

    private BindException(String message, Throwable cause) {
        super(message, cause);
    }

    static BindException of(ListenerSettings listener, Throwable cause) {
        InetSocketAddress address = listener.address();
        String where = address.getAddress().getHostAddress() + ":" + address.getPort();
        String text = String.valueOf(cause.getMessage());
        String what;
        if (text.contains("in use")) {
            what =
                    "the address is in use; stop what listens there or choose another port for the "
                            + listener.name()
                            + " listener";
        } else if (text.contains("ermission denied") || text.contains("EACCES")) {
            what =
                    "no permission; choose a port from 1024 for the "
                            + listener.name()
                            + " listener or grant CAP_NET_BIND_SERVICE";
        } else if (text.contains("assign requested address")) {
            what = "this machine has no such address; choose one that it has";
        } else {
            what = text;
        }
        return new BindException("cannot listen at " + where + ": " + what, cause);
    }
}
