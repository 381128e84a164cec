/**
 * What Penstock should do, as immutable values: the contract between whoever reads objects
 * (controller) and whoever serves traffic (proxy, l4). A leaf: it depends on the JDK alone and does
 * no I/O.
 *
 * <p>Entry types: {@link dev.penstock.model.Configuration}, {@link dev.penstock.model.Problem}.
 * Every type here is a value that may be shared between threads.
 */
@NullMarked
package dev.penstock.model;

import org.jspecify.annotations.NullMarked;
