/**
 * Which nodes are alive, told by one Lease for each: quicker than the Node objects of a cluster,
 * which need most of a minute. Who is alive is decided by {@code MemberTable}, without I/O; {@link
 * dev.penstock.controller.member.Membership} renews the own Lease and follows those of others.
 *
 * <p>Threads: a membership may be asked by any thread, and calls its listener on one of its own.
 */
@NullMarked
package dev.penstock.controller.member;

import org.jspecify.annotations.NullMarked;
