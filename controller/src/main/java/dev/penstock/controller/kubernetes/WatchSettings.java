package dev.penstock.controller.kubernetes;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.ObjectRef;
import java.util.Set;

/**
 * What to read from the API server.
 *
 * @param namespaces the namespaces whose Ingresses, Services and Secrets are read; empty for all
 * @param ingressSelector a label selector that Ingresses must match, as kubectl takes it; empty for
 *     all
 * @param servicesOnly whether Services and their slices are all that is read, as for a node's rules
 * @param singles Services, Secrets, ConfigMaps and Nodes that settings name: read even where their
 *     namespace is not among {@code namespaces}. ConfigMaps and Nodes are read only when named here
 */
public record WatchSettings(
        Set<String> namespaces,
        String ingressSelector,
        boolean servicesOnly,
        Set<ObjectRef> singles) {

    /** All namespaces, all Ingresses. */
    public static final WatchSettings ALL = new WatchSettings(Set.of(), "", false, Set.of());

    public WatchSettings {
        namespaces = Set.copyOf(namespaces);
        requireNonNull(ingressSelector, "ingressSelector");
        singles = Set.copyOf(singles);
    }
}
