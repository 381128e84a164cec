package dev.penstock.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.ObjectRef;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeTest {

    @Test
    void withoutNamespacesEachKindIsWatchedOnce() {
        assertThat(texts(WatchSettings.ALL))
                .containsExactly(
                        "ingressclasses",
                        "services in all namespaces",
                        "endpointslices in all namespaces",
                        "ingresses in all namespaces",
                        "secrets in all namespaces");
    }

    @Test
    void onlySecretsWithCertificatesAreWatched() {
        assertThat(Scope.of(WatchSettings.ALL))
                .filteredOn(scope -> scope.kind() == WatchedKind.SECRET)
                .singleElement()
                .satisfies(s -> assertThat(s.fields()).containsEntry("type", "kubernetes.io/tls"));
    }

    @Test
    void eachNamespaceIsWatchedByItself() {
        assertThat(texts(new WatchSettings(Set.of("b", "a"), "", false, Set.of())))
                .hasSize(9)
                .contains("ingresses in namespace a", "ingresses in namespace b");
    }

    @Test
    void whatSettingsNameOutsideTheNamespacesIsWatchedSingly() {
        Set<ObjectRef> singles =
                Set.of(
                        new ObjectRef("Service", "edge", "penstock"),
                        new ObjectRef("Secret", "edge", "default-tls"),
                        new ObjectRef("Service", "a", "inside"));

        assertThat(texts(new WatchSettings(Set.of("a"), "", false, singles)))
                .contains(
                        "services 'penstock' in namespace edge",
                        "endpointslices in namespace edge",
                        "secrets 'default-tls' in namespace edge")
                .doesNotContain("services 'inside' in namespace a");
    }

    @Test
    void configMapsAreWatchedOnlyWhereNamed() {
        Set<ObjectRef> singles = Set.of(new ObjectRef("ConfigMap", "edge", "settings"));

        assertThat(texts(new WatchSettings(Set.of(), "", false, singles)))
                .contains("configmaps 'settings' in namespace edge");
    }

    @Test
    void aNodeIsWatchedByItsName() {
        Set<ObjectRef> singles = Set.of(new ObjectRef("Node", "", "node1"));

        assertThat(texts(new WatchSettings(Set.of("a"), "", true, singles)))
                .contains("nodes 'node1'");
    }

    @Test
    void theSelectorIsForIngressesAlone() {
        assertThat(Scope.of(new WatchSettings(Set.of(), "team=a", false, Set.of())))
                .filteredOn(scope -> !scope.labels().isEmpty())
                .extracting(Scope::kind)
                .containsExactly(WatchedKind.INGRESS);
    }

    private static List<String> texts(WatchSettings settings) {
        return Scope.of(settings).stream().map(Scope::toString).toList();
    }
}
