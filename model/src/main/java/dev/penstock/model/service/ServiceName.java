package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

/**
 * Names a Service.
 *
 * @param namespace its namespace
 * @param name its name
 */
public record ServiceName(String namespace, String name) implements Comparable<ServiceName> {

    public ServiceName {
        requireNonNull(namespace, "namespace");
        requireNonNull(name, "name");
    }

    @Override
    public int compareTo(ServiceName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
