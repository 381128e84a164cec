package dev.penstock.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns fabric8's untyped objects into the trees that the decoder reads. */
final class ResourceTree {

    private ResourceTree() {}

    /** The object as maps, lists and scalars; of its metadata only what is decoded. */
    static Map<String, @Nullable Object> of(WatchedKind kind, GenericKubernetesResource object) {
        Map<String, @Nullable Object> tree = new HashMap<>(object.getAdditionalProperties());
        // Items of a list come without these two.
        tree.put("apiVersion", kind.apiVersion());
        tree.put("kind", kind.kind());
        tree.put("metadata", metadata(object.getMetadata()));
        return tree;
    }

    private static Map<String, @Nullable Object> metadata(ObjectMeta meta) {
        Map<String, @Nullable Object> tree = new HashMap<>();
        put(tree, "name", meta.getName());
        put(tree, "namespace", meta.getNamespace());
        put(tree, "uid", meta.getUid());
        put(tree, "creationTimestamp", meta.getCreationTimestamp());
        put(tree, "labels", meta.getLabels());
        put(tree, "annotations", meta.getAnnotations());
        put(tree, "deletionTimestamp", meta.getDeletionTimestamp());
        return tree;
    }

    private static void put(
            Map<String, @Nullable Object> tree, String key, @Nullable Object value) {
        if (value != null) {
            tree.put(key, value);
        }
    }
}
