package dev.penstock.controller.decode;

import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.PathType;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePortRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads an Ingress (networking.k8s.io/v1). */
final class IngressDecoder {

    private static final String RULE_LEFT_OUT = "the rule is left out";
    private static final String PATH_LEFT_OUT = "the path is left out";

    private final TreeField spec;
    private final String namespace;

    private IngressDecoder(TreeField spec, String namespace) {
        this.spec = spec;
        this.namespace = namespace;
    }

    static IngressObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        TreeField spec = root.get("spec");
        IngressDecoder decoder = new IngressDecoder(spec, meta.ref().namespace());
        if (!spec.isMap() && !spec.isPresent()) {
            spec.reject("is missing", "the Ingress serves nothing");
        }
        String className = spec.get("ingressClassName").text();
        TreeField defaultBackend = spec.get("defaultBackend");
        ServicePortRef defaultPort =
                defaultBackend.isPresent()
                        ? decoder.backend(defaultBackend, "the default backend is left out")
                        : null;
        List<TreeField> ruleFields = spec.get("rules").items();
        List<IngressObject.Rule> rules = decoder.rules(ruleFields);
        List<IngressObject.Tls> tls = decoder.tls();
        if (ruleFields.isEmpty() && !defaultBackend.isPresent() && spec.isPresent()) {
            spec.reject("has neither rules nor a defaultBackend", "the Ingress serves nothing");
        }
        return new IngressObject(
                meta,
                className,
                defaultPort,
                rules,
                tls,
                !ruleFields.isEmpty(),
                LoadBalancerStatus.addresses(root),
                findings);
    }

    private List<IngressObject.Rule> rules(List<TreeField> fields) {
        List<IngressObject.Rule> rules = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            IngressObject.Rule rule = rule(fields.get(i), i);
            if (rule != null) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private IngressObject.@Nullable Rule rule(TreeField field, int index) {
        if (!field.isMap(RULE_LEFT_OUT)) {
            return null;
        }
        TreeField hostField = field.get("host");
        HostPattern host = HostPattern.ANY;
        if (hostField.raw() != null && !"".equals(hostField.raw())) {
            HostPattern named = HostName.read(hostField, RULE_LEFT_OUT);
            if (named == null) {
                return null;
            }
            host = named;
        }
        TreeField http = field.get("http");
        TreeField list = http.get("paths");
        List<TreeField> pathFields = list.items();
        if (http.isMap()
                && pathFields.isEmpty()
                && (!list.isPresent() || list.raw() instanceof List)) {
            list.reject("has no path", "the default backend serves the host");
        }
        List<IngressObject.Path> paths = new ArrayList<>(pathFields.size());
        for (int i = 0; i < pathFields.size(); i++) {
            IngressObject.Path path = path(pathFields.get(i), i);
            if (path != null) {
                paths.add(path);
            }
        }
        return new IngressObject.Rule(index, host, paths);
    }

    private IngressObject.@Nullable Path path(TreeField field, int index) {
        if (!field.isMap(PATH_LEFT_OUT)) {
            return null;
        }
        PathType type = pathType(field.get("pathType"));
        if (type == null) {
            return null;
        }
        String value = pathValue(field.get("path"), type);
        if (value == null) {
            return null;
        }
        ServicePortRef backend = backend(field.get("backend"), PATH_LEFT_OUT);
        return backend == null
                ? null
                : new IngressObject.Path(
                        index, new PathMatch(type, value), backend, field.lineOffset());
    }

    private static @Nullable PathType pathType(TreeField field) {
        String name = field.text();
        if (name == null) {
            if (!field.isPresent() || field.raw() instanceof String) {
                field.reject(
                        "is missing, which the Kubernetes API refuses",
                        "it is taken as ImplementationSpecific");
            }
            return PathType.IMPLEMENTATION_SPECIFIC;
        }
        for (PathType type : PathType.values()) {
            if (type.apiName().equals(name)) {
                return type;
            }
        }
        field.reject(
                Quoted.shortened(name)
                        + " is no path type (expected: Exact, Prefix or ImplementationSpecific)",
                PATH_LEFT_OUT);
        return null;
    }

    private static @Nullable String pathValue(TreeField field, PathType type) {
        String path = field.text(PATH_LEFT_OUT);
        if (path == null) {
            if (isOfWrongType(field)) {
                return null;
            }
            if (type == PathType.IMPLEMENTATION_SPECIFIC) {
                // Kubernetes API, HTTPIngressPath.path: without one, all requests match.
                return "/";
            }
            field.reject("is missing (expected: begins with /)", PATH_LEFT_OUT);
            return null;
        }
        String fault = pathFault(path);
        if (fault != null) {
            field.reject("path " + Quoted.shortened(path) + " " + fault, PATH_LEFT_OUT);
            return null;
        }
        return path;
    }

    private static boolean isOfWrongType(TreeField field) {
        return field.isPresent() && !(field.raw() instanceof String);
    }

    /**
     * What the API's validation refuses, and what a normalised request path can never be equal to.
     */
    private static @Nullable String pathFault(String path) {
        if (!path.startsWith("/")) {
            return "does not begin with /";
        }
        if (path.contains("//")) {
            return "holds //, which no request matches";
        }
        if (path.contains("/./")
                || path.contains("/../")
                || path.endsWith("/.")
                || path.endsWith("/..")) {
            return "holds a . or .. element, which no request matches";
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '\\') {
                return "holds a character that no request path has";
            }
        }
        return null;
    }

    private @Nullable ServicePortRef backend(TreeField field, String consequence) {
        if (!field.isPresent()) {
            field.reject("is missing", consequence);
            return null;
        }
        if (!field.isMap(consequence)) {
            return null;
        }
        TreeField service = field.get("service");
        TreeField resource = field.get("resource");
        if (resource.isPresent() && !service.isPresent()) {
            resource.reject(
                    ProblemReason.UnsupportedBackend,
                    "a resource is no backend that can be served (expected: service)",
                    consequence + "; the default backend takes its requests");
            return null;
        }
        if (!service.isPresent()) {
            service.reject("is missing", consequence);
            return null;
        }
        TreeField nameField = service.get("name");
        String name = nameField.text(consequence);
        if (name == null) {
            if (!isOfWrongType(nameField)) {
                nameField.reject("is missing", consequence);
            }
            return null;
        }
        return port(service.get("port"), new ServiceName(namespace, name), consequence);
    }

    private static @Nullable ServicePortRef port(
            TreeField field, ServiceName service, String consequence) {
        if (!field.isPresent()) {
            field.reject("is missing (expected: a name or a number)", consequence);
            return null;
        }
        if (!field.isMap(consequence)) {
            return null;
        }
        TreeField numberField = field.get("number");
        int number = numberField.port(consequence);
        String name = field.get("name").text();
        if (number != 0) {
            if (name != null) {
                field.reject(
                        "has both the number " + number + " and the name " + name,
                        "the number is used");
            }
            return ServicePortRef.byNumber(service, number);
        }
        if (name != null) {
            return ServicePortRef.byName(service, name);
        }
        if (!numberField.isPresent()) {
            field.reject("has neither a name nor a number", consequence);
        }
        return null;
    }

    private List<IngressObject.Tls> tls() {
        List<TreeField> fields = spec.get("tls").items();
        List<IngressObject.Tls> entries = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            TreeField field = fields.get(i);
            if (field.isMap()) {
                List<TreeField> hostFields = field.get("hosts").items();
                List<HostPattern> hosts = new ArrayList<>(hostFields.size());
                for (TreeField hostField : hostFields) {
                    HostPattern host = HostName.read(hostField, "the host is left out");
                    if (host != null) {
                        hosts.add(host);
                    }
                }
                // An entry whose hosts are all at fault is not one for every host.
                if (hostFields.isEmpty() || !hosts.isEmpty()) {
                    entries.add(
                            new IngressObject.Tls(
                                    i,
                                    hosts,
                                    field.get("secretName").textOr(""),
                                    field.lineOffset()));
                }
            }
        }
        return entries;
    }
}
