/**
 * A request from its head to the last byte of its answer: route, endpoint, forwarding both ways,
 * retries, timeouts, answers of our own. Entry type: {@link
 * dev.penstock.proxy.exchange.ExchangeHandler}, one an event loop; all of it runs there but {@link
 * dev.penstock.proxy.exchange.ActiveConfigHolder}, which the applier writes.
 */
@NullMarked
package dev.penstock.proxy.exchange;

import org.jspecify.annotations.NullMarked;
