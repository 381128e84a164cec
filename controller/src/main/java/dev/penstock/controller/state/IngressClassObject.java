package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * An IngressClass.
 *
 * @param meta name, age and place
 * @param controller {@code spec.controller}; empty where not set
 * @param isDefault whether it is annotated as the class of Ingresses that name none
 * @param findings what was wrong with its fields
 */
public record IngressClassObject(
        ObjectMeta meta, String controller, boolean isDefault, List<Finding> findings)
        implements KubernetesObject {

    /** The object's kind. */
    public static final String KIND = "IngressClass";

    public IngressClassObject {
        requireNonNull(meta, "meta");
        requireNonNull(controller, "controller");
        findings = List.copyOf(findings);
    }

    @Override
    public IngressClassObject withMeta(ObjectMeta newMeta) {
        return new IngressClassObject(newMeta, controller, isDefault, findings);
    }
}
