/**
 * The addresses behind DNS names, kept up to date by their time to live.
 *
 * <p>Entry type: {@link dev.penstock.l4.dns.NameResolver}. It owns one event loop, on which all of
 * this package runs and on which listeners are called.
 */
@NullMarked
package dev.penstock.l4.dns;

import org.jspecify.annotations.NullMarked;
