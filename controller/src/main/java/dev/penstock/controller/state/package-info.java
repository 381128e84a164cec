/**
 * The objects Penstock reads, as compact immutable records, and the indexed set of all of them. A
 * {@link dev.penstock.controller.state.ObjectSource} (manifests or an API server) makes each new
 * {@link dev.penstock.controller.state.ClusterState}; nothing here knows where objects come from.
 *
 * <p>Everything but the sources is a value and may be shared between threads. A source reports on
 * one thread of its own.
 */
@NullMarked
package dev.penstock.controller.state;

import org.jspecify.annotations.NullMarked;
