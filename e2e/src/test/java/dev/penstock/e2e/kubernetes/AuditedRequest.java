package dev.penstock.e2e.kubernetes;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A request of an account, from the API server's audit log.
 *
 * @param user the account
 * @param verb as RBAC names it
 * @param resource the resource with its subresource, such as {@code ingresses/status}
 * @param namespace empty for all and for kinds without
 * @param name empty for lists and watches of many
 * @param code the answer's status
 */
record AuditedRequest(
        String user, String verb, String resource, String namespace, String name, int code) {

    static List<AuditedRequest> read(Path log) throws IOException {
        KubernetesSerialization json = new KubernetesSerialization();
        try (var lines = Files.lines(log)) {
            return lines.map(line -> of((Map<?, ?>) json.unmarshal(line, Map.class))).toList();
        }
    }

    boolean isDenied() {
        return code == 403;
    }

    private static AuditedRequest of(Map<?, ?> event) {
        Map<?, ?> object = map(event, "objectRef");
        String subresource = text(object, "subresource");
        return new AuditedRequest(
                text(map(event, "user"), "username"),
                text(event, "verb"),
                text(object, "resource") + (subresource.isEmpty() ? "" : "/" + subresource),
                text(object, "namespace"),
                text(object, "name"),
                map(event, "responseStatus").get("code") instanceof Number code
                        ? code.intValue()
                        : 0);
    }

    private static Map<?, ?> map(Map<?, ?> object, String key) {
        return object.get(key) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> object, String key) {
        return object.get(key) instanceof String text ? text : "";
    }
}
