package dev.penstock.proxy.listener;

import java.net.InetSocketAddress;

/**
 * A listener that accepts connections.
 *
 * @param name what it is called in logs and metrics
 * @param address where it listens, with the port that was found where any would do
 * @param tls whether connections are TLS
 */
public record BoundListener(String name, InetSocketAddress address, boolean tls) {}
