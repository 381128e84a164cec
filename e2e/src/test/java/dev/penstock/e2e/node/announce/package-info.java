/** Load balancer addresses on a network, with real neighbours. */
@NullMarked
package dev.penstock.e2e.node.announce;

import org.jspecify.annotations.NullMarked;
