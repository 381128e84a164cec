package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.tls.Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the settings name for everything that no Ingress names.
 *
 * @param route what takes requests that no route takes; null for 404
 * @param certificate the default certificate; null for one made at start
 * @param problems what is wrong with what the settings name
 */
record Defaults(@Nullable Route route, @Nullable Certificate certificate, List<Problem> problems) {

    /** Nothing is named. */
    static final Defaults NONE = new Defaults(null, null, List.of());

    Defaults {
        problems = List.copyOf(problems);
    }

    static Defaults of(TranslatorSettings settings, ClusterState state, CertificateJudge judge) {
        List<Problem> problems = new ArrayList<>();
        return new Defaults(
                route(settings.defaultBackend(), state, problems),
                certificate(settings.defaultTlsSecret(), state, judge, problems),
                problems);
    }

    private static @Nullable Route route(
            @Nullable ServiceName name, ClusterState state, List<Problem> problems) {
        if (name == null) {
            return null;
        }
        ObjectRef ref = new ObjectRef(ServiceObject.KIND, name.namespace(), name.name());
        ServiceObject service = state.services().get(name);
        String fault =
                service == null
                        ? "does not exist"
                        : service.service().ports().isEmpty() ? "has no port" : null;
        if (service == null || fault != null) {
            problems.add(
                    new Problem(
                            ref,
                            "",
                            ProblemReason.ServiceNotFound,
                            "the default backend " + fault,
                            "requests that no rule takes are answered 404",
                            null));
            return null;
        }
        ServicePort first = service.service().ports().getFirst();
        return new Route(
                new RouteId(ref, -1, -1),
                PathMatch.ALL,
                List.of(),
                new RouteAction.Forward(ServicePortRef.byNumber(name, first.port())),
                RoutePolicy.DEFAULT);
    }

    private static @Nullable Certificate certificate(
            @Nullable ServiceName name,
            ClusterState state,
            CertificateJudge judge,
            List<Problem> problems) {
        if (name == null) {
            return null;
        }
        ObjectRef ref = new ObjectRef(SecretObject.KIND, name.namespace(), name.name());
        SecretObject secret = state.secrets().get(ref);
        CertificateJudge.Verdict verdict =
                secret == null
                        ? new CertificateJudge.Verdict.Bad("does not exist")
                        : judge.judge(secret);
        return switch (verdict) {
            case CertificateJudge.Verdict.Good good -> good.certificate();
            case CertificateJudge.Verdict.Bad(String message) -> {
                problems.add(
                        new Problem(
                                ref,
                                "",
                                secret == null
                                        ? ProblemReason.SecretNotFound
                                        : ProblemReason.InvalidCertificate,
                                "the default certificate " + message,
                                "one made at start is served instead",
                                null));
                yield null;
            }
        };
    }
}
