/**
 * Which of several instances writes to the cluster: the one that holds a Lease. All of them serve
 * traffic. Entry types: {@link dev.penstock.controller.leader.Leadership}, which may be asked by
 * any thread, and {@link dev.penstock.controller.leader.LeaderWriter}, which writes on one of its
 * own.
 */
@NullMarked
package dev.penstock.controller.leader;

import org.jspecify.annotations.NullMarked;
