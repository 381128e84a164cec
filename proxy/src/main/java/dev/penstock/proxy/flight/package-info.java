/**
 * Events for Java's flight recorder: {@link dev.penstock.proxy.flight.RequestEvent}. One is made,
 * filled and committed on one event loop.
 */
@NullMarked
package dev.penstock.proxy.flight;

import org.jspecify.annotations.NullMarked;
