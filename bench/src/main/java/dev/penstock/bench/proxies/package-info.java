/**
 * Penstock beside other reverse proxies: processor time a request, latency at a fixed rate, memory
 * and start. Run by {@code bench/proxies}; entry type: {@link
 * dev.penstock.bench.proxies.ProxyComparison}. All of it is of one thread.
 */
@NullMarked
package dev.penstock.bench.proxies;

import org.jspecify.annotations.NullMarked;
