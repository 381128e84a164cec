/**
 * Objects from a Kubernetes API server: the connection to it, and the source that lists and watches
 * what Penstock needs. fabric8's objects are turned into records of {@code controller.state} as
 * they arrive and are not kept.
 *
 * <p>Entry types: {@link dev.penstock.controller.kubernetes.ClusterConnection}, {@link
 * dev.penstock.controller.kubernetes.KubernetesSource}. Events arrive on fabric8's threads, go
 * through one {@code Inbox}, and one thread of the source owns the state and calls the listener.
 */
@NullMarked
package dev.penstock.controller.kubernetes;

import org.jspecify.annotations.NullMarked;
