/**
 * Services on a node by iptables rules, and the iptables programs for modes that need a few rules.
 *
 * <p>Entry type: {@link dev.penstock.l4.iptables.Iptables} runs {@code iptables-restore} and its
 * kin for one address family.
 *
 * <p>Threads: any.
 */
@NullMarked
package dev.penstock.l4.iptables;

import org.jspecify.annotations.NullMarked;
