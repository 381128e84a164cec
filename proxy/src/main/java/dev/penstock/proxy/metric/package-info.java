/**
 * What metrics are called and mean: {@link dev.penstock.proxy.metric.MetricDescription}, and those
 * of the data plane in {@link dev.penstock.proxy.metric.ProxyMetric}. {@code docs/metrics.md} is
 * made from them. Immutable.
 */
@NullMarked
package dev.penstock.proxy.metric;

import org.jspecify.annotations.NullMarked;
