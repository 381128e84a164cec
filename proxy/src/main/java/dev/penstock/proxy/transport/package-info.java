/**
 * Event loops and sockets of the operating system: io_uring, epoll or NIO, chosen at start. Entry
 * type: {@link dev.penstock.proxy.transport.Transport}. Used by the thread that starts and stops
 * the proxy; what it hands out may be used on any thread.
 */
@NullMarked
package dev.penstock.proxy.transport;

import org.jspecify.annotations.NullMarked;
