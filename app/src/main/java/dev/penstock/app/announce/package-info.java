/**
 * Load balancer addresses for clusters without a cloud: puts together the pool, which gives
 * addresses to Services, the membership of nodes, and the announcer. Entry type: {@link
 * dev.penstock.app.announce.LoadBalancers}.
 *
 * <p>Threads: states and Services come from one thread at a time; what is announced is guarded by a
 * lock, as changes of the membership come from another.
 */
@NullMarked
package dev.penstock.app.announce;

import org.jspecify.annotations.NullMarked;
