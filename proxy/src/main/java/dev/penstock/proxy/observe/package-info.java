/**
 * What is counted and written down of exchanges: {@link dev.penstock.proxy.observe.ProxyMetrics},
 * {@link dev.penstock.proxy.observe.AccessLog}, both told of an exchange by its {@link
 * dev.penstock.proxy.observe.ExchangeRecord}.
 *
 * <p>Each event loop writes into a part of its own, without locks and without garbage; readers on
 * any thread put the parts together. What ends in {@code Loop} or starts with it belongs to one
 * event loop.
 */
@NullMarked
package dev.penstock.proxy.observe;

import org.jspecify.annotations.NullMarked;
