/**
 * Serves Services by sockets of this process: connections to a Service are redirected to a
 * listening socket of its own, and copied to one of its destinations.
 *
 * <p>Entry types: {@link dev.penstock.l4.userspace.UserspaceMode} is the mode; {@link
 * dev.penstock.l4.userspace.LoopbackNodePorts} serves node ports on loopback addresses beside modes
 * that cannot (KEP-6032).
 *
 * <p>Threads: the mode belongs to one thread at a time; connections and UDP sessions belong to one
 * event loop each; {@code DestinationChoice} is shared by the event loops and guards itself.
 */
@NullMarked
package dev.penstock.l4.userspace;

import org.jspecify.annotations.NullMarked;
