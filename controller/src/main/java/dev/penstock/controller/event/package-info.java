/**
 * Shows problems of objects as Kubernetes Events, where {@code kubectl describe} finds them. Which
 * are due is decided by {@code EventLedger}, without I/O; {@link dev.penstock.controller.event
 * .EventWriter} writes them, on a thread of its own, where this instance is the leader.
 */
@NullMarked
package dev.penstock.controller.event;

import org.jspecify.annotations.NullMarked;
