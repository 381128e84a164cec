/**
 * The L4 module at work on a node: Services from a source become rules of a mode, kept so by a
 * loop, with health and metrics.
 *
 * <p>Entry types: {@link dev.penstock.app.node.Node} runs it alone, {@link
 * dev.penstock.app.node.NodeProxy} is what {@code serve --node-proxy} runs beside the proxy, {@link
 * dev.penstock.app.node.Modes} makes the modes and cleans up after them.
 *
 * <p>Threads: the sync loop's thread owns the mode; health and metrics are read by any thread.
 */
@NullMarked
package dev.penstock.app.node;

import org.jspecify.annotations.NullMarked;
