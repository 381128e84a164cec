/**
 * The mode ipvs: virtual servers of the kernel's IPVS, made by generic netlink; their addresses on
 * a dummy link; masquerade and filter rules in a constant number of iptables rules over sets.
 *
 * <p>Entry types: {@link dev.penstock.l4.ipvs.IpvsMode} with {@link
 * dev.penstock.l4.ipvs.IpvsSettings}.
 *
 * <p>How a plan becomes kernel state: {@code ServiceRules} says what one virtual service needs (a
 * pure function), {@code Target} adds up all of them, {@code Changes} compares it with {@code
 * KernelState}, what the kernel is known to have, and {@code Executor} carries the difference out.
 *
 * <p>Threads: everything belongs to one thread at a time.
 */
@NullMarked
package dev.penstock.l4.ipvs;

import org.jspecify.annotations.NullMarked;
