/**
 * Flows that the kernel remembers to endpoints that are gone. Rules decide about a flow's first
 * packet only; a UDP client that goes on from one port would be sent to a destination that no
 * longer exists for as long as it sends.
 *
 * <p>Entry type: {@link dev.penstock.l4.conntrack.StaleFlows}.
 *
 * <p>Threads: one at a time.
 */
@NullMarked
package dev.penstock.l4.conntrack;

import org.jspecify.annotations.NullMarked;
