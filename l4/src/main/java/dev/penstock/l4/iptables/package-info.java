/**
 * Services on a node by iptables rules, and the iptables programs for modes that need a few rules.
 *
 * <p>Entry types: {@link dev.penstock.l4.iptables.IptablesMode} is the mode; {@link
 * dev.penstock.l4.iptables.Iptables} runs {@code iptables-restore} and its kin for one address
 * family.
 *
 * <p>Threads: {@code Iptables} is for any thread, {@code IptablesMode} for one at a time.
 */
@NullMarked
package dev.penstock.l4.iptables;

import org.jspecify.annotations.NullMarked;
