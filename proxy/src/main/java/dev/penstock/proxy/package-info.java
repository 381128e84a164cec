/**
 * The Netty data plane. Packages point one way:
 *
 * <pre>
 * message   flat heads of messages                        (nobody)
 * address   sets of IP networks                           (nobody)
 * loop      what each event loop owns: timeouts           (nobody)
 * transport event loops and sockets of the system         (loop)
 * stream    the contract between codecs and exchanges     (message)
 * h1, h2    codecs, each a server and a client side       (message, loop, stream)
 * observe   metrics and access log                        (message, loop, stream)
 * upstream  pools of connections to endpoints             (loop, transport, stream)
 * exchange  a request from its head to its last byte      (all above but codecs)
 * listener  sockets, TLS, PROXY protocol, drain           (all above)
 * runtime   the whole, started and given configurations   (all above)
 * </pre>
 *
 * <p>One event loop owns a connection, its exchanges, the upstream connections they use and their
 * counters. What crosses loops is immutable and published by one volatile write.
 */
@NullMarked
package dev.penstock.proxy;

import org.jspecify.annotations.NullMarked;
