/**
 * Makes a node the one that an address leads to on its networks: answers ARP (RFC 826) and
 * neighbour discovery (RFC 4861) for addresses that no link of the node has, and tells the
 * neighbours when an address comes to this node.
 *
 * <p>Entry types: {@link dev.penstock.l4.announce.Announcer}; {@link
 * dev.penstock.l4.announce.Election}, which says which of several nodes announces an address.
 *
 * <p>Threads: an announcer may be used by any thread; it has threads of its own that receive.
 */
@NullMarked
package dev.penstock.l4.announce;

import org.jspecify.annotations.NullMarked;
