package dev.penstock.controller.kubernetes;

import dev.penstock.controller.state.ConfigMapObject;
import dev.penstock.controller.state.EndpointSliceObject;
import dev.penstock.controller.state.IngressClassObject;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.controller.state.ServiceObject;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds that are read from an API server. */
enum WatchedKind {
    INGRESS_CLASS("networking.k8s.io", IngressClassObject.KIND, "ingressclasses", false),
    INGRESS("networking.k8s.io", IngressObject.KIND, "ingresses", true),
    SERVICE("", ServiceObject.KIND, "services", true),
    ENDPOINT_SLICE("discovery.k8s.io", EndpointSliceObject.KIND, "endpointslices", true),
    SECRET("", SecretObject.KIND, "secrets", true),
    CONFIG_MAP("", ConfigMapObject.KIND, "configmaps", true),
    NODE("", NodeObject.KIND, "nodes", false);

    private final String group;
    private final String kind;
    private final String plural;
    private final boolean namespaced;

    WatchedKind(String group, String kind, String plural, boolean namespaced) {
        this.group = group;
        this.kind = kind;
        this.plural = plural;
        this.namespaced = namespaced;
    }

    /** The {@code kind} of its objects. */
    String kind() {
        return kind;
    }

    /** The resource's name in URLs, in RBAC rules and in the log. */
    String plural() {
        return plural;
    }

    /** The {@code apiVersion} of its objects, which items of a list leave out. */
    String apiVersion() {
        return group.isEmpty() ? "v1" : group + "/v1";
    }

    /** Whether its objects are in namespaces. */
    boolean isNamespaced() {
        return namespaced;
    }

    /** The resource as fabric8 addresses it. */
    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion("v1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }
}
