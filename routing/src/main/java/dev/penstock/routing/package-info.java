/**
 * Which route a request takes. Pure: no I/O, no clock, JDK only.
 *
 * <p>Entry types: {@link dev.penstock.routing.RequestPath} normalises a request's target once,
 * {@link dev.penstock.routing.RouteTable} finds the route for it, and {@link
 * dev.penstock.routing.Explanation} says why that one and not another.
 *
 * <p>Threads: tables and explanations are immutable and may be shared by all; a {@code RequestPath}
 * belongs to one event loop.
 */
@NullMarked
package dev.penstock.routing;

import org.jspecify.annotations.NullMarked;
