package dev.penstock.proxy.echo;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.Map;

/**
 * What an echo backend is.
 *
 * @param address where it listens; port 0 takes a free one
 * @param facts what it says of itself in every answer, such as its name
 */
public record EchoSettings(InetSocketAddress address, Map<String, String> facts) {

    public EchoSettings {
        requireNonNull(address, "address");
        requireNonNull(facts, "facts"); // not copied: its order is the answer's
    }
}
