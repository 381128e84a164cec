package dev.penstock.controller.decode;

import dev.penstock.controller.state.ConfigMapObject;
import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.ObjectMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a ConfigMap. */
final class ConfigMapDecoder {

    private ConfigMapDecoder() {}

    static ConfigMapObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        Map<String, String> data = new HashMap<>();
        for (Map.Entry<String, TreeField> entry : root.get("data").fields().entrySet()) {
            TreeField field = entry.getValue();
            String value = field.raw() instanceof String text ? text : field.text();
            if (value != null) {
                data.put(entry.getKey(), value);
            }
        }
        return new ConfigMapObject(meta, data, findings);
    }
}
