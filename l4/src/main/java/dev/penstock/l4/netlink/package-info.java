/**
 * Sockets of the kernel's that the JDK has no class for (netlink, packet and raw sockets), made
 * through {@link java.lang.foreign}, and the netlink protocol on them.
 *
 * <p>Entry types: {@link dev.penstock.l4.netlink.NativeSocket}; {@link
 * dev.penstock.l4.netlink.NetlinkSocket}, which sends {@link
 * dev.penstock.l4.netlink.NetlinkMessage}s and hands out {@link
 * dev.penstock.l4.netlink.NetlinkReply}s with their {@link dev.penstock.l4.netlink.Attributes}.
 * Linux only.
 *
 * <p>Threads: a {@code NativeSocket} may be used by one thread that sends and another that
 * receives; everything else belongs to one thread at a time.
 */
@NullMarked
package dev.penstock.l4.netlink;

import org.jspecify.annotations.NullMarked;
