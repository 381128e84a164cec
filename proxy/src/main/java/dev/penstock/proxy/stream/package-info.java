/**
 * The contract between codecs and exchanges. An exchange has a {@link
 * dev.penstock.proxy.stream.ServerStream} on the client's side and a {@link
 * dev.penstock.proxy.stream.ClientStream} on the endpoint's; each codec implements both and knows
 * nothing of routes.
 *
 * <p>Everything here is called on one event loop, that of the connection. Calls may come from
 * within calls: an implementation must hold up when a receiver answers, pauses or resets while it
 * is being called. After a stream was reset or both its directions have ended nothing more is
 * delivered, and what is sent on it is released and ignored.
 */
@NullMarked
package dev.penstock.proxy.stream;

import org.jspecify.annotations.NullMarked;
