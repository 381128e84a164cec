/**
 * Sockets that clients connect to: binding, PROXY protocol, TLS, the choice of the codec, counting
 * and draining connections. Entry type: {@link dev.penstock.proxy.listener.Listeners}, used by the
 * thread that starts and stops the proxy; the rest runs on event loops.
 */
@NullMarked
package dev.penstock.proxy.listener;

import org.jspecify.annotations.NullMarked;
