package dev.penstock.app.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** This machine's name, as the kubelet names a node that is told no name. */
final class HostName {

    private HostName() {}

    /** Null where it is not known: then no endpoint counts as local. */
    static @Nullable String read() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException _) {
            return null;
        }
    }
}
