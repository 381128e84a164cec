/**
 * Writes into the status of Ingresses under which addresses they are served. What to write is a
 * pure function of the state ({@code StatusPlan}); {@link dev.penstock.controller.status
 * .StatusWriter} writes it, on a thread of its own, where this instance is the leader.
 */
@NullMarked
package dev.penstock.controller.status;

import org.jspecify.annotations.NullMarked;
