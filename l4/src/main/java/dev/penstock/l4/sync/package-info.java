/**
 * Keeps a node's rules equal to what the Services ask for: at every change, after a failure, when
 * the node's addresses change and when somebody else removed rules.
 *
 * <p>Entry types: {@link dev.penstock.l4.sync.SyncLoop} and what it tells a {@link
 * dev.penstock.l4.sync.SyncListener}; {@link dev.penstock.l4.sync.LocalAddresses}.
 *
 * <p>Threads: the loop has one of its own, to which the planner and the mode belong and which calls
 * the listener; Services are handed to it by any thread.
 */
@NullMarked
package dev.penstock.l4.sync;

import org.jspecify.annotations.NullMarked;
