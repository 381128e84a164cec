/**
 * Penstock against a real API server: etcd and kube-apiserver run as processes of the test ({@link
 * dev.penstock.e2e.kubernetes.ControlPlane}), so that lists, watches, RBAC, Leases, Events and
 * status subresources are those of Kubernetes itself. There is no kubelet: EndpointSlices are
 * written by hand.
 *
 * <p>Where the tests run as root they run in a network namespace of their own ({@link
 * dev.penstock.e2e.kubernetes.PodNetwork}), with addresses for pods that the API server accepts; it
 * refuses loopback addresses in an EndpointSlice.
 */
@NullMarked
package dev.penstock.e2e.kubernetes;

import org.jspecify.annotations.NullMarked;
