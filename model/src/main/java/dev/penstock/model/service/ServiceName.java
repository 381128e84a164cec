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

    /**
     * Reads what {@link #toString()} writes: {@code namespace/name}.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static ServiceName parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException("name: " + text + " (expected: namespace/name)");
        }
        return new ServiceName(text.substring(0, slash), text.substring(slash + 1));
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
