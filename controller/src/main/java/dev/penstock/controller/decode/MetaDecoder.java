package dev.penstock.controller.decode;

import dev.penstock.controller.state.IngressNginx;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.ObjectRef;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code metadata}. */
final class MetaDecoder {

    /** The prefix of our annotations. */
    static final String OUR_PREFIX = "penstock.dev/";

    /** Marks the class of Ingresses that name none. */
    static final String DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class";

    /** Names an Ingress's class as it was done before {@code spec.ingressClassName}. */
    static final String CLASS = "kubernetes.io/ingress.class";

    private static final String DEFAULT_NAMESPACE = "default";

    private MetaDecoder() {}

    /**
     * Reads an object's metadata.
     *
     * @param namespaced whether objects of the kind have a namespace
     * @return null when the object has no name
     */
    static @Nullable ObjectMeta read(
            TreeField root, String kind, boolean namespaced, Origin origin) {
        TreeField metadata = root.get("metadata");
        String name = metadata.get("name").text();
        if (name == null) {
            return null;
        }
        return new ObjectMeta(
                new ObjectRef(kind, namespaced ? namespace(root) : "", name),
                metadata.get("uid").textOr(""),
                created(metadata.get("creationTimestamp")),
                annotations(metadata.get("annotations")),
                origin.location(),
                origin.ordinal());
    }

    /** The namespace of an object of a kind that has one. */
    static String namespace(TreeField root) {
        return root.get("metadata").get("namespace").textOr(DEFAULT_NAMESPACE);
    }

    private static @Nullable Instant created(TreeField field) {
        String text = field.text();
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            field.reject(
                    Quoted.shortened(text) + " is no time (expected: as 2026-01-31T12:00:00Z)",
                    "the object counts as younger than all with a time");
            return null;
        }
    }

    private static Map<String, String> annotations(TreeField field) {
        if (!field.isPresent()) {
            return Map.of();
        }
        Map<String, String> kept = new HashMap<>();
        for (Map.Entry<String, TreeField> entry : field.fields().entrySet()) {
            if (isRead(entry.getKey())) {
                Object value = entry.getValue().raw();
                // An empty annotation says something, unlike an empty field.
                String text = "".equals(value) ? "" : entry.getValue().text();
                if (text != null) {
                    kept.put(entry.getKey(), text);
                }
            }
        }
        return kept;
    }

    private static boolean isRead(String annotation) {
        return annotation.startsWith(OUR_PREFIX)
                || annotation.equals(CLASS)
                || annotation.equals(DEFAULT_CLASS)
                || IngressNginx.isRead(annotation);
    }
}
