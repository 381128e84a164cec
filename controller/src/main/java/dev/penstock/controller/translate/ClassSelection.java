package dev.penstock.controller.translate;

import dev.penstock.controller.state.IngressClassObject;
import dev.penstock.controller.state.IngressObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which Ingresses are ours: by {@code spec.ingressClassName}, then by the annotation there was
 * before it, then by what is said of Ingresses without a class.
 */
final class ClassSelection {

    private static final String ANNOTATION = "kubernetes.io/ingress.class";

    private final TranslatorSettings settings;
    private final Map<String, IngressClassObject> classes;
    private final boolean defaultIsOurs;

    /**
     * Whether an Ingress is ours.
     *
     * @param isOurs whether it is
     * @param field the field that decided or is at fault
     * @param message what is wrong with its class; null where nothing is
     */
    record Verdict(boolean isOurs, String field, @Nullable String message) {
        private static final Verdict OURS = new Verdict(true, "", null);
    }

    ClassSelection(TranslatorSettings settings, Map<String, IngressClassObject> classes) {
        this.settings = settings;
        this.classes = classes;
        defaultIsOurs =
                classes.values().stream().anyMatch(known -> known.isDefault() && isOurs(known));
    }

    Verdict select(IngressObject ingress) {
        String byField = ingress.className();
        String byAnnotation = ingress.meta().annotations().get(ANNOTATION);
        if (byField != null) {
            return named(byField, "spec.ingressClassName", byAnnotation);
        }
        if (byAnnotation != null && !byAnnotation.isEmpty()) {
            return named(byAnnotation, "metadata.annotations[" + ANNOTATION + "]", null);
        }
        // In a cluster the API server puts the default class in when an object is made.
        if (settings.withoutClass() || (settings.isAlone() && defaultIsOurs)) {
            return Verdict.OURS;
        }
        return new Verdict(
                false,
                "spec.ingressClassName",
                "names no class, and no IngressClass with controller "
                        + settings.controllerClass()
                        + " is marked as default");
    }

    private Verdict named(String name, String field, @Nullable String other) {
        IngressClassObject known = classes.get(name);
        boolean ours = known == null ? name.equals(settings.ingressClass()) : isOurs(known);
        if (!ours) {
            return new Verdict(
                    false,
                    field,
                    known == null
                            ? "class "
                                    + name
                                    + ": no IngressClass with controller "
                                    + settings.controllerClass()
                            : "class "
                                    + name
                                    + " has controller "
                                    + known.controller()
                                    + " (expected: "
                                    + settings.controllerClass()
                                    + ")");
        }
        if (other != null && !other.equals(name)) {
            return new Verdict(
                    true,
                    "metadata.annotations[" + ANNOTATION + "]",
                    "names the class " + other + " beside spec.ingressClassName " + name);
        }
        return Verdict.OURS;
    }

    private boolean isOurs(IngressClassObject known) {
        return known.controller().equals(settings.controllerClass());
    }
}
