package dev.penstock.controller.kubernetes;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.SecretObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One list and watch: a kind, where, and which of its objects.
 *
 * @param kind the kind
 * @param namespace the namespace; empty for all, or for a kind without namespaces
 * @param labels a label selector; empty for all
 * @param fields field selectors, by field; empty for all
 */
record Scope(WatchedKind kind, String namespace, String labels, Map<String, String> fields) {

    private static final String NAME = "metadata.name";

    /** Only these can serve; Secrets of other types, such as Helm's, may be many and large. */
    private static final Map<String, String> TLS_SECRETS = Map.of("type", SecretObject.TLS_TYPE);

    private static final String SERVICE_LABEL = "kubernetes.io/service-name=";

    Scope {
        requireNonNull(kind, "kind");
        requireNonNull(namespace, "namespace");
        requireNonNull(labels, "labels");
        fields = Map.copyOf(fields);
    }

    /** The lists and watches that settings ask for. */
    static List<Scope> of(WatchSettings settings) {
        List<Scope> scopes = new ArrayList<>();
        if (!settings.servicesOnly()) {
            scopes.add(new Scope(WatchedKind.INGRESS_CLASS, "", "", Map.of()));
        }
        List<String> namespaces =
                settings.namespaces().isEmpty()
                        ? List.of("")
                        : settings.namespaces().stream().sorted().toList();
        for (String namespace : namespaces) {
            scopes.add(new Scope(WatchedKind.SERVICE, namespace, "", Map.of()));
            scopes.add(new Scope(WatchedKind.ENDPOINT_SLICE, namespace, "", Map.of()));
            if (!settings.servicesOnly()) {
                scopes.add(
                        new Scope(
                                WatchedKind.INGRESS,
                                namespace,
                                settings.ingressSelector(),
                                Map.of()));
                scopes.add(new Scope(WatchedKind.SECRET, namespace, "", TLS_SECRETS));
            }
        }
        for (ObjectRef single : settings.singles().stream().sorted().toList()) {
            boolean covered = namespaces.contains("") || namespaces.contains(single.namespace());
            scopes.addAll(single(single, covered));
        }
        return scopes;
    }

    private static List<Scope> single(ObjectRef ref, boolean covered) {
        Map<String, String> byName = Map.of(NAME, ref.name());
        if (ref.kind().equals(WatchedKind.CONFIG_MAP.kind())) {
            return List.of(new Scope(WatchedKind.CONFIG_MAP, ref.namespace(), "", byName));
        }
        if (ref.kind().equals(WatchedKind.NODE.kind())) {
            return List.of(new Scope(WatchedKind.NODE, "", "", byName));
        }
        if (covered) {
            return List.of();
        }
        return switch (ref.kind()) {
            case ServiceObject.KIND ->
                    List.of(
                            new Scope(WatchedKind.SERVICE, ref.namespace(), "", byName),
                            new Scope(
                                    WatchedKind.ENDPOINT_SLICE,
                                    ref.namespace(),
                                    SERVICE_LABEL + ref.name(),
                                    Map.of()));
            case SecretObject.KIND ->
                    List.of(new Scope(WatchedKind.SECRET, ref.namespace(), "", byName));
            default -> throw new IllegalArgumentException("singles: " + ref);
        };
    }

    /** The objects of this scope, as fabric8 addresses them. */
    FilterWatchListDeletable<
                    GenericKubernetesResource,
                    GenericKubernetesResourceList,
                    Resource<GenericKubernetesResource>>
            in(KubernetesClient client) {
        MixedOperation<
                        GenericKubernetesResource,
                        GenericKubernetesResourceList,
                        Resource<GenericKubernetesResource>>
                all = client.genericKubernetesResources(kind.context());
        FilterWatchListDeletable<
                        GenericKubernetesResource,
                        GenericKubernetesResourceList,
                        Resource<GenericKubernetesResource>>
                found = namespace.isEmpty() ? all.inAnyNamespace() : all.inNamespace(namespace);
        if (!labels.isEmpty()) {
            found = found.withLabelSelector(labels);
        }
        return fields.isEmpty() ? found : found.withFields(fields);
    }

    /** As the log names it: {@code ingresses in all namespaces}. */
    @Override
    public String toString() {
        String name = fields.get(NAME);
        String what = name == null ? kind.plural() : kind.plural() + " '" + name + "'";
        if (!kind.isNamespaced()) {
            return what;
        }
        return what + (namespace.isEmpty() ? " in all namespaces" : " in namespace " + namespace);
    }
}
