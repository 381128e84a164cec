package dev.penstock.e2e.node.lab;

import java.io.EOFException;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Locale;

/** What became of an attempt. */
public enum Outcome {
    /** A backend answered. */
    ANSWERED,
    /** It was turned away at once: by a reset or an ICMP message about the port. */
    REFUSED,
    /** No way there: an ICMP message about the network or host. */
    UNREACHABLE,
    /** Nothing came back. */
    SILENT,
    /** It was accepted, and closed before anything came. */
    CLOSED;

    static Outcome of(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (e instanceof SocketTimeoutException) {
            return SILENT;
        }
        if (e instanceof EOFException || message.contains("reset")) {
            return CLOSED;
        }
        if (e instanceof PortUnreachableException) {
            return REFUSED;
        }
        if (e instanceof NoRouteToHostException || message.contains("unreachable")) {
            return UNREACHABLE;
        }
        // What a process sees of its own datagram that a rule of the same machine rejects.
        if (message.contains("refused") || message.contains("not permitted")) {
            return REFUSED;
        }
        throw new AssertionError("unexpected outcome: " + e, e);
    }
}
