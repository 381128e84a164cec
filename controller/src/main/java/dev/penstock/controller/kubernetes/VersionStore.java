package dev.penstock.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer remembers of its objects: their names and versions, which is all it needs to
 * tell additions, changes and deletions apart. The objects themselves go to the handler and no
 * further. Safe for any thread.
 */
final class VersionStore implements ItemStore<GenericKubernetesResource> {

    private final Map<String, String> versions = new ConcurrentHashMap<>();

    /** Whether an object of this key, {@code namespace/name}, was listed or watched. */
    boolean contains(String key) {
        return versions.containsKey(key);
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        String version = object.getMetadata().getResourceVersion();
        return stub(key, versions.put(key, version == null ? "" : version));
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        return stub(key, versions.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return versions.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return versions.entrySet().stream().map(e -> known(e.getKey(), e.getValue()));
    }

    @Override
    public int size() {
        return versions.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return stub(key, versions.get(key));
    }

    @Override
    public boolean isFullState() {
        return false;
    }

    private static @Nullable GenericKubernetesResource stub(String key, @Nullable String version) {
        return version == null ? null : known(key, version);
    }

    private static GenericKubernetesResource known(String key, String version) {
        int slash = key.indexOf('/');
        ObjectMeta meta = new ObjectMeta();
        meta.setNamespace(slash < 0 ? null : key.substring(0, slash));
        meta.setName(key.substring(slash + 1));
        meta.setResourceVersion(version);
        GenericKubernetesResource stub = new GenericKubernetesResource();
        stub.setMetadata(meta);
        return stub;
    }
}
