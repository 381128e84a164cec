package dev.penstock.app.explain;

import dev.penstock.l4.ServiceExplanation;
import dev.penstock.routing.Explanation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request, and why.
 *
 * @param request the request
 * @param answer what the client gets, in one line
 * @param status the status the proxy itself answers with; 0 where an endpoint answers
 * @param routing which route takes it; null where its target is refused before routing
 * @param service where it is sent; null where it is not forwarded
 * @param policies the settings of the route that takes it
 * @param certificate the certificate a TLS client is shown; null for plain HTTP
 */
public record RequestExplanation(
        ExplainRequest request,
        String answer,
        int status,
        @Nullable Explanation routing,
        @Nullable ServiceExplanation service,
        List<PolicyLine> policies,
        @Nullable CertificateLine certificate) {

    public RequestExplanation {
        policies = List.copyOf(policies);
    }

    /**
     * One setting of a route.
     *
     * @param name its name, as the annotation's
     * @param value its value
     * @param isDefault whether the value is what a route without annotations has
     */
    public record PolicyLine(String name, String value, boolean isDefault) {}

    /**
     * The certificate a TLS client is shown.
     *
     * @param source where it comes from
     * @param names the DNS names it is for
     * @param notAfter when it ends to be valid; empty where it cannot be read
     * @param covers whether it is for the request's host
     */
    public record CertificateLine(
            String source, List<String> names, String notAfter, boolean covers) {
        public CertificateLine {
            names = List.copyOf(names);
        }
    }
}
