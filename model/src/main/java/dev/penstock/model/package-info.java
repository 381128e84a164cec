/**
 * What Penstock should do, as immutable values: the contract between whoever reads objects
 * (controller) and whoever serves traffic (proxy, l4). A leaf: it depends on the JDK alone and does
 * no I/O. This package holds what the others share; {@code config} puts them together.
 *
 * <p>Entry types: {@code dev.penstock.model.config.Configuration}, {@link
 * dev.penstock.model.Problem}. Every type here is a value that may be shared between threads.
 */
@NullMarked
package dev.penstock.model;

import org.jspecify.annotations.NullMarked;
