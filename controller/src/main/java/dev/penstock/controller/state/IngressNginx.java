package dev.penstock.controller.state;

import java.util.Set;

/** The annotations of ingress-nginx that mean the same here. */
public final class IngressNginx {

    /** What their names begin with. */
    public static final String PREFIX = "nginx.ingress.kubernetes.io/";

    private static final Set<String> READ =
            Set.of(PREFIX + "enable-opentelemetry", PREFIX + "opentelemetry-trust-incoming-span");

    private IngressNginx() {}

    /** Whether an annotation is one of them. */
    public static boolean isRead(String annotation) {
        return READ.contains(annotation);
    }
}
