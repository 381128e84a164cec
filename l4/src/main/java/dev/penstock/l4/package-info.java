/**
 * Services and their endpoints for whoever sends a request: which endpoints of a Service port may
 * be used, and which of them is taken next.
 *
 * <p>Entry types: {@link dev.penstock.l4.ServiceTable} holds the Services, {@link
 * dev.penstock.l4.BackendPort} is the live handle of one port, {@link dev.penstock.l4.Balancers}
 * makes what picks an endpoint, {@link dev.penstock.l4.ServiceExplanation} says how and why.
 *
 * <p>Threads: one thread at a time changes the table; any thread reads {@code BackendPort}s, whose
 * {@code EndpointSet}s are immutable and swapped by one volatile write. A {@code Balancer} belongs
 * to one event loop.
 */
@NullMarked
package dev.penstock.l4;

import org.jspecify.annotations.NullMarked;
