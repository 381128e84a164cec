package dev.penstock.app.explain;

import dev.penstock.app.explain.RequestExplanation.CertificateLine;
import dev.penstock.app.explain.RequestExplanation.PolicyLine;
import dev.penstock.l4.Availability;
import dev.penstock.l4.L4Settings;
import dev.penstock.l4.ServiceExplanation;
import dev.penstock.l4.ServiceTable;
import dev.penstock.l4.node.NodeExplainer;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.Toggle;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.tls.Certificate;
import dev.penstock.routing.Explanation;
import dev.penstock.routing.RequestPath;
import dev.penstock.routing.RouteTable;
import dev.penstock.tls.pem.BadCertificateException;
import dev.penstock.tls.pem.CertificateFacts;
import dev.penstock.tls.pem.CertificateReader;
import dev.penstock.tls.sni.HostIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what becomes of a request under one configuration. Immutable; any thread. */
public final class Explainer {

    /** Never redirected, so that a certificate can be had for a host that has none yet. */
    private static final String ACME_PREFIX = "/.well-known/acme-challenge/";

    private final Configuration configuration;
    private final RouteTable<?> routes;
    private final HostIndex<Certificate> certificates;
    private final ServiceTable services;
    private final @Nullable L4Settings node;

    /**
     * @param routes the configuration's routes, as requests are matched against them
     * @param services the configuration's Services as they are at the time of a question
     * @param node which endpoints a node's rules may lead to; null for those of {@code services}
     */
    public Explainer(
            Configuration configuration,
            RouteTable<?> routes,
            ServiceTable services,
            @Nullable L4Settings node) {
        this.configuration = configuration;
        this.routes = routes;
        this.certificates = new HostIndex<>(configuration.tls().certificates());
        this.services = services;
        this.node = node;
    }

    /**
     * Of a configuration that is not being served, from its objects alone.
     *
     * @param settings which Services may be reached
     */
    public static Explainer of(Configuration configuration, L4Settings settings) {
        ServiceTable services = new ServiceTable(settings);
        services.update(configuration.services());
        return new Explainer(
                configuration,
                RouteTable.<Route>empty().update(configuration.http(), (host, route) -> route),
                services,
                null);
    }

    /** Says what becomes of a request. */
    public RequestExplanation explain(ExplainRequest request) {
        CertificateLine certificate = request.secure() ? certificate(request.host()) : null;
        RequestPath.Verdict verdict = request.verdict();
        if (verdict != RequestPath.Verdict.OK) {
            String answer = "400: the target is refused for " + verdict.reason();
            return new RequestExplanation(request, answer, 400, null, null, List.of(), certificate);
        }
        Explanation routing = routes.explain(request);
        Route winner = routing.winner();
        if (winner == null) {
            return new RequestExplanation(
                    request, "404: no route", 404, routing, null, List.of(), certificate);
        }
        List<PolicyLine> policies = policies(winner.policy());
        if (redirects(request, routing, winner)) {
            return new RequestExplanation(
                    request,
                    "308 to https://" + request.host() + request.target(),
                    308,
                    routing,
                    null,
                    policies,
                    certificate);
        }
        return switch (winner.action()) {
            case RouteAction.Respond respond ->
                    new RequestExplanation(
                            request,
                            respond.status() + ": " + respond.reason(),
                            respond.status(),
                            routing,
                            null,
                            policies,
                            certificate);
            case RouteAction.Forward forward ->
                    forwarded(request, routing, winner.policy(), forward, certificate);
        };
    }

    private RequestExplanation forwarded(
            ExplainRequest request,
            Explanation routing,
            RoutePolicy policy,
            RouteAction.Forward forward,
            @Nullable CertificateLine certificate) {
        ServiceExplanation service = services.explain(forward.service(), policy.loadBalancing());
        String problem = "";
        String where = forward.service().toString();
        if (!policy.serviceUpstream()) {
            boolean available = service.availability() == Availability.AVAILABLE;
            problem = available ? "" : service.availability().reason();
        } else if (service.clusterIps().isEmpty()) {
            problem = Availability.NO_CLUSTER_IP.reason();
        } else {
            where += " at its cluster address " + service.clusterIps().getFirst();
        }
        return new RequestExplanation(
                request,
                problem.isEmpty() ? "forwarded to " + where : "503: " + problem,
                problem.isEmpty() ? 0 : 503,
                routing,
                service,
                policies(policy),
                certificate);
    }

    /** Says how a connection to a Service port would be spread, by the proxy and on a node. */
    public ServiceExplanation explain(ServicePortRef port) {
        return new NodeExplainer(
                        configuration.services(), node == null ? services.settings() : node)
                .explain(services.explain(port));
    }

    private boolean redirects(ExplainRequest request, Explanation routing, Route winner) {
        if (request.secure()
                || !winner.policy().sslRedirect()
                || routing.path().startsWith(ACME_PREFIX)
                || routing.decidingHost() == null) {
            return false;
        }
        VirtualHost host = configuration.http().hosts().get(routing.decidingHost());
        return host != null && host.tls();
    }

    private CertificateLine certificate(String host) {
        Certificate certificate = certificates.select(host);
        if (certificate == null) {
            certificate = configuration.tls().defaultCertificate();
        }
        if (certificate == null) {
            return new CertificateLine("made at start, self-signed", List.of(), "", false);
        }
        CertificateFacts facts = facts(certificate);
        String source = certificate.source().toString();
        return facts == null
                ? new CertificateLine(source, List.of(), "", false)
                : new CertificateLine(
                        source, facts.dnsNames(), facts.notAfter().toString(), facts.covers(host));
    }

    private static @Nullable CertificateFacts facts(Certificate certificate) {
        try {
            return CertificateReader.read(certificate.chainPem(), certificate.keyPem());
        } catch (BadCertificateException _) {
            // Said as a Problem already; here it only leaves the details empty.
            return null;
        }
    }

    private static List<PolicyLine> policies(RoutePolicy policy) {
        RoutePolicy none = RoutePolicy.DEFAULT;
        List<PolicyLine> lines = new ArrayList<>();
        add(lines, "ssl-redirect", policy.sslRedirect(), none.sslRedirect());
        add(lines, "backend-protocol", policy.backendProtocol(), none.backendProtocol());
        add(
                lines,
                "load-balance",
                policy.loadBalancing().annotationValue(),
                none.loadBalancing().annotationValue());
        add(lines, "connect-timeout", text(policy.connectTimeout()), text(none.connectTimeout()));
        add(
                lines,
                "response-timeout",
                text(policy.responseTimeout()),
                text(none.responseTimeout()));
        add(lines, "idle-timeout", text(policy.idleTimeout()), text(none.idleTimeout()));
        add(lines, "max-body-size", policy.maxBodySize(), none.maxBodySize());
        add(lines, "service-upstream", policy.serviceUpstream(), none.serviceUpstream());
        add(lines, "upstream-tls-verify", policy.upstreamTlsVerify(), none.upstreamTlsVerify());
        add(lines, "allow-upgrades", policy.upgrades(), none.upgrades());
        add(lines, "enable-opentelemetry", text(policy.tracing()), text(none.tracing()));
        add(
                lines,
                "opentelemetry-trust-incoming-span",
                text(policy.trustIncomingSpan()),
                text(none.trustIncomingSpan()));
        return lines;
    }

    private static void add(List<PolicyLine> lines, String name, Object value, Object byDefault) {
        lines.add(new PolicyLine(name, value.toString(), value.equals(byDefault)));
    }

    private static String text(Toggle toggle) {
        return toggle == Toggle.UNSET ? "as configured" : Boolean.toString(toggle == Toggle.ON);
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
