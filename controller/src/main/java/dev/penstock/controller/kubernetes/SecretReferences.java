package dev.penstock.controller.kubernetes;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.model.ObjectRef;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Which Secrets are in use: those that Ingresses of ours name for TLS, and those that settings
 * name. Owned by one thread; {@link #isReferenced} may be asked by any.
 */
final class SecretReferences {

    private final Set<ObjectRef> always;
    private final BiPredicate<ClusterState, IngressObject> ours;

    private volatile Set<ObjectRef> referenced;
    private ClusterState seen = ClusterState.EMPTY;

    SecretReferences(Set<ObjectRef> always, BiPredicate<ClusterState, IngressObject> ours) {
        this.always = always;
        this.ours = ours;
        this.referenced = always;
    }

    boolean isReferenced(ObjectRef secret) {
        return referenced.contains(secret);
    }

    Set<ObjectRef> all() {
        return referenced;
    }

    /**
     * Takes in a new state.
     *
     * @return whether the references may have changed
     */
    @SuppressWarnings("ReferenceEquality") // States share the maps in which nothing changed.
    boolean update(ClusterState state) {
        if (state.ingresses() == seen.ingresses()
                && state.ingressClasses() == seen.ingressClasses()) {
            return false;
        }
        seen = state;
        Set<ObjectRef> all = new HashSet<>(always);
        for (IngressObject ingress : state.ingresses().values()) {
            if (ingress.tls().isEmpty() || !ours.test(state, ingress)) {
                continue;
            }
            for (IngressObject.Tls tls : ingress.tls()) {
                if (!tls.secretName().isEmpty()) {
                    all.add(
                            new ObjectRef(
                                    SecretObject.KIND,
                                    ingress.ref().namespace(),
                                    tls.secretName()));
                }
            }
        }
        referenced = all;
        return true;
    }
}
