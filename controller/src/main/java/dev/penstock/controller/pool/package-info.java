/**
 * Load balancer addresses for clusters without a cloud: gives Services of type LoadBalancer
 * addresses out of a pool. Which Service gets which is a pure function of the Services and what
 * they have already ({@code PoolPlan}).
 *
 * <p>Entry types: {@link dev.penstock.controller.pool.PoolView} says what is wrong and, where there
 * is no cluster, puts the addresses into the Services; {@link
 * dev.penstock.controller.pool.PoolWriter} writes them to the status of a cluster's Services.
 *
 * <p>Threads: a view belongs to one thread at a time; a writer has a thread of its own.
 */
@NullMarked
package dev.penstock.controller.pool;

import org.jspecify.annotations.NullMarked;
