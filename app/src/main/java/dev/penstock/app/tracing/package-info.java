/**
 * Sends spans to a collector by OTLP: the only package that knows OpenTelemetry's classes, none of
 * which is loaded where tracing is off. Entry type: {@link dev.penstock.app.tracing.OtlpSink}, used
 * by one thread.
 */
@NullMarked
package dev.penstock.app.tracing;

import org.jspecify.annotations.NullMarked;
