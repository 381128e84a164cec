package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePortRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans one Ingress. Made for one state and one moment; a pure function of them. */
final class IngressPlanner {

    private static final String NOT_SERVED = "the Ingress is not served";

    private final TranslatorSettings settings;
    private final ClusterState state;
    private final ClassSelection classes;
    private final BackendChecker backends;
    private final CertificateJudge judge;
    private final Instant now;

    IngressPlanner(
            TranslatorSettings settings, ClusterState state, CertificateJudge judge, Instant now) {
        this.settings = settings;
        this.state = state;
        this.judge = judge;
        this.now = now;
        classes = new ClassSelection(settings, state.ingressClasses());
        backends = new BackendChecker(state.services());
    }

    /** What is being planned of one Ingress. */
    private record Draft(
            IngressObject ingress,
            PolicyBuilder policy,
            ProblemList problems,
            Set<ServiceName> services) {}

    IngressPlan plan(IngressObject ingress) {
        ProblemList problems = new ProblemList(ingress.meta());
        ClassSelection.Verdict verdict = classes.select(ingress);
        if (verdict.message() != null && (verdict.isOurs() || settings.isAlone())) {
            problems.add(
                    verdict.field(),
                    0,
                    ProblemReason.InvalidClass,
                    verdict.message(),
                    verdict.isOurs() ? "the annotation is ignored" : NOT_SERVED);
        }
        if (!verdict.isOurs()) {
            return IngressPlan.notOurs(ingress, problems.list());
        }
        problems.addAll(ingress.problems());
        Draft draft =
                new Draft(
                        ingress,
                        AnnotationTable.read(ingress.meta().annotations(), problems),
                        problems,
                        new HashSet<>());
        HostClaim.Claimed defaultRoute = defaultRoute(draft);
        Map<HostPattern, List<HostClaim.Claimed>> routes = routes(draft);
        TlsPlanner tlsPlanner = new TlsPlanner(ingress, state, judge, now, problems);
        Map<HostPattern, TlsPlanner.HostTls> tls = tlsPlanner.plan(routes.keySet());
        return new IngressPlan(
                ingress,
                true,
                claims(ingress, routes, defaultRoute, tls),
                problems.list(),
                draft.services,
                tlsPlanner.secrets(),
                tlsPlanner.validUntil());
    }

    private HostClaim.@Nullable Claimed defaultRoute(Draft draft) {
        ServicePortRef backend = draft.ingress.defaultBackend();
        if (backend == null) {
            return null;
        }
        RouteId id = new RouteId(draft.ingress.ref(), -1, -1);
        return new HostClaim.Claimed(route(draft, id, PathMatch.ALL, backend, id.field(), 0), 0);
    }

    /** The routes of each host that a rule names; a host without paths has none. */
    private Map<HostPattern, List<HostClaim.Claimed>> routes(Draft draft) {
        Map<HostPattern, List<HostClaim.Claimed>> routes = new LinkedHashMap<>();
        for (IngressObject.Rule rule : draft.ingress.rules()) {
            List<HostClaim.Claimed> ofHost =
                    routes.computeIfAbsent(rule.host(), _ -> new ArrayList<>());
            for (IngressObject.Path path : rule.paths()) {
                RouteId id = new RouteId(draft.ingress.ref(), rule.index(), path.index());
                Route route =
                        route(
                                draft,
                                id,
                                path.match(),
                                path.backend(),
                                id.field() + ".backend",
                                path.lineOffset());
                ofHost.add(new HostClaim.Claimed(route, path.lineOffset()));
            }
        }
        if (!draft.ingress.hasRules() && draft.ingress.defaultBackend() != null) {
            routes.put(HostPattern.ANY, List.of());
        }
        return routes;
    }

    private Route route(
            Draft draft,
            RouteId id,
            PathMatch match,
            ServicePortRef backend,
            String field,
            int lineOffset) {
        draft.services.add(backend.service());
        return new Route(
                id,
                match,
                List.of(),
                new RouteAction.Forward(backend),
                draft.policy.build(backends.check(backend, field, lineOffset, draft.problems)));
    }

    private static List<HostClaim> claims(
            IngressObject ingress,
            Map<HostPattern, List<HostClaim.Claimed>> routes,
            HostClaim.@Nullable Claimed defaultRoute,
            Map<HostPattern, TlsPlanner.HostTls> tls) {
        List<HostClaim> claims = new ArrayList<>(routes.size());
        routes.forEach((host, ofHost) -> {
            TlsPlanner.HostTls hostTls = tls.getOrDefault(host, TlsPlanner.HostTls.NONE);
            claims.add(
                    new HostClaim(
                            ingress.meta(),
                            host,
                            true,
                            ofHost,
                            defaultRoute,
                            hostTls.secured(),
                            hostTls.certificate()));
        });
        tls.forEach((host, hostTls) -> {
            if (!routes.containsKey(host)) {
                claims.add(
                        new HostClaim(
                                ingress.meta(),
                                host,
                                false,
                                List.of(),
                                null,
                                hostTls.secured(),
                                hostTls.certificate()));
            }
        });
        return claims;
    }
}
