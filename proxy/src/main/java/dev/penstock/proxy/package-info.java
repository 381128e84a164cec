/**
 * The Netty data plane. Packages point one way:
 *
 * <pre>
 * message   flat heads of messages                        (nobody)
 * loop      what each event loop owns: timeouts           (nobody)
 * stream    the contract between codecs and exchanges     (message)
 * h1, h2    codecs, each a server and a client side       (message, loop, stream)
 * observe   metrics and access log                        (message, loop, stream)
 * upstream  pools of connections to endpoints             (all above)
 * exchange  a request from its head to its last byte      (all above)
 * listener  sockets, TLS, PROXY protocol, drain           (all above)
 * </pre>
 *
 * <p>One event loop owns a connection, its exchanges, the upstream connections they use and their
 * counters. What crosses loops is immutable and published by one volatile write.
 */
@NullMarked
package dev.penstock.proxy;

import org.jspecify.annotations.NullMarked;
