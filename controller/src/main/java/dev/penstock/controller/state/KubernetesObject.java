package dev.penstock.controller.state;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import java.util.List;

/** One object as it was read: what Penstock needs of it, and what was wrong with it. */
public sealed interface KubernetesObject
        permits IngressObject,
                IngressClassObject,
                ServiceObject,
                EndpointSliceObject,
                SecretObject,
                ConfigMapObject,
                NodeObject {

    /** Name, age and place of the object. */
    ObjectMeta meta();

    /** What was wrong with its fields; the parts at fault are left out. */
    List<Finding> findings();

    /** The same object with other metadata. */
    KubernetesObject withMeta(ObjectMeta meta);

    /** Kind, namespace and name. */
    default ObjectRef ref() {
        return meta().ref();
    }

    /** The {@link #findings()} as problems. */
    default List<Problem> problems() {
        return findings().stream().map(finding -> finding.on(meta())).toList();
    }
}
