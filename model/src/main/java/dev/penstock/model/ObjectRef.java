package dev.penstock.model;

import static java.util.Objects.requireNonNull;

/**
 * Names one Kubernetes object.
 *
 * @param kind the object's kind, such as {@code Ingress}
 * @param namespace the object's namespace; empty for cluster-scoped kinds
 * @param name the object's name
 */
public record ObjectRef(String kind, String namespace, String name)
        implements Comparable<ObjectRef> {

    public ObjectRef {
        requireNonNull(kind, "kind");
        requireNonNull(namespace, "namespace");
        requireNonNull(name, "name");
    }

    /** The object's {@code namespace/name}, or its name alone where it has no namespace. */
    public String qualifiedName() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    @Override
    public int compareTo(ObjectRef other) {
        int byKind = kind.compareTo(other.kind);
        if (byKind != 0) {
            return byKind;
        }
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return kind + " " + qualifiedName();
    }
}
