/**
 * What {@code penstock node} does to real packets, in each of its modes: the behaviours of a
 * Service on a node, as kube-proxy has them. Each theme is an abstract suite, and each mode a class
 * that runs all of them ({@code NftablesTest}, {@code IptablesTest}, {@code UserspaceTest}, {@code
 * IpvsTest}) over a lab of network namespaces of its own.
 *
 * <p>A test changes the manifests, waits until the change is seen in packets, and then looks at
 * what becomes of connections. What a mode does differently is said in {@link
 * dev.penstock.e2e.node.NodeMode}.
 */
@NullMarked
package dev.penstock.e2e.node;

import org.jspecify.annotations.NullMarked;
