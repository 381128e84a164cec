package dev.penstock.controller.translate;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * How objects are understood.
 *
 * @param controllerClass the {@code spec.controller} of our IngressClasses
 * @param ingressClass the name of a class that is ours even where no IngressClass says so
 * @param withoutClass whether Ingresses that name no class are ours
 * @param isAlone whether nobody else serves these objects, as with manifests: then an Ingress of
 *     another class is a problem, and the class marked as default is applied here
 * @param defaultBackend the Service that gets what no route takes, at its first port; null for 404
 * @param defaultTlsSecret the Secret of the default certificate; null for one made at start
 * @param nodeName the Node that Services are seen from; null where unknown
 */
public record TranslatorSettings(
        String controllerClass,
        String ingressClass,
        boolean withoutClass,
        boolean isAlone,
        @Nullable ServiceName defaultBackend,
        @Nullable ServiceName defaultTlsSecret,
        @Nullable String nodeName) {

    /** The {@code spec.controller} of our IngressClasses, unless told otherwise. */
    public static final String CONTROLLER_CLASS = "penstock.dev/ingress-controller";

    /** The name of our IngressClass, unless told otherwise. */
    public static final String INGRESS_CLASS = "penstock";

    /** What manifests are read with, unless told otherwise. */
    public static final TranslatorSettings MANIFESTS =
            new TranslatorSettings(CONTROLLER_CLASS, INGRESS_CLASS, false, true, null, null, null);

    /** What a cluster is served with, unless told otherwise. */
    public static final TranslatorSettings CLUSTER =
            new TranslatorSettings(CONTROLLER_CLASS, INGRESS_CLASS, false, false, null, null, null);

    public TranslatorSettings {
        requireNonNull(controllerClass, "controllerClass");
        requireNonNull(ingressClass, "ingressClass");
    }
}
