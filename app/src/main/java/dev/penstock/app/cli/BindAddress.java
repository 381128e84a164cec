package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Reads addresses to listen at. */
final class BindAddress {

    private BindAddress() {}

    /**
     * The address and port as one.
     *
     * @param flag the flag the address comes from, for the message
     * @throws ExitException if the text is no address and no name of one
     */
    static InetSocketAddress of(String flag, String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (UnknownHostException e) {
            throw ExitException.usage(
                    "Invalid value for option '" + flag + "': '" + address + "' is no address");
        }
    }
}
