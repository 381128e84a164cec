/**
 * Traces of requests: {@link dev.penstock.proxy.trace.Tracing} is what event loops share, {@link
 * dev.penstock.proxy.trace.LoopTracer} what each of them has, {@link
 * dev.penstock.proxy.trace.RequestTrace} belongs to one request. Contexts come and go by W3C Trace
 * Context, level 1.
 *
 * <p>What ends in {@code Loop} or starts with it, and {@code RequestTrace}, belong to one event
 * loop. Finished spans are immutable; one thread takes them from the loops to a {@link
 * dev.penstock.proxy.trace.SpanSink}. Nothing of this package is made where tracing is off.
 */
@NullMarked
package dev.penstock.proxy.trace;

import org.jspecify.annotations.NullMarked;
