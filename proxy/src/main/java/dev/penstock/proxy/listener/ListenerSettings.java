package dev.penstock.proxy.listener;

import java.net.InetSocketAddress;

/**
 * One address to listen at.
 *
 * @param name what it is called in logs and metrics, such as {@code http}
 * @param address where; port 0 for one that is free
 * @param tls whether connections are TLS
 */
public record ListenerSettings(String name, InetSocketAddress address, boolean tls) {}
