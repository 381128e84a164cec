/**
 * Figures of the control plane and the JVM, for Prometheus. Entry type: {@link
 * dev.penstock.app.metrics.ControlMetrics}. Any thread.
 */
@NullMarked
package dev.penstock.app.metrics;

import org.jspecify.annotations.NullMarked;
