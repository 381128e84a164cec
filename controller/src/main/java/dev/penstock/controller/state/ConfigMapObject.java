package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * A ConfigMap.
 *
 * @param meta name, age and place
 * @param data {@code data}
 * @param findings what was wrong with its fields
 */
public record ConfigMapObject(ObjectMeta meta, Map<String, String> data, List<Finding> findings)
        implements KubernetesObject {

    /** The object's kind. */
    public static final String KIND = "ConfigMap";

    public ConfigMapObject {
        requireNonNull(meta, "meta");
        data = Map.copyOf(data);
        findings = List.copyOf(findings);
    }

    @Override
    public ConfigMapObject withMeta(ObjectMeta newMeta) {
        return new ConfigMapObject(newMeta, data, findings);
    }
}
