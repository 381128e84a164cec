package dev.penstock.app.explain;

import dev.penstock.app.explain.RequestExplanation.CertificateLine;
import dev.penstock.app.explain.RequestExplanation.PolicyLine;
import dev.penstock.l4.ServiceExplanation;
import dev.penstock.l4.ServiceExplanation.EndpointExplanation;
import dev.penstock.l4.ServiceExplanation.EntryExplanation;
import dev.penstock.l4.ServiceExplanation.NodeExplanation;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.Route;
import dev.penstock.model.service.TrafficPolicy;
import dev.penstock.routing.Explanation;
import dev.penstock.routing.Explanation.NearMiss;
import java.time.Duration;
import java.util.stream.Collectors;

/** Writes explanations for people: a label and a value a line. */
public final class ExplanationText {

    private ExplanationText() {}

    /** A request's explanation; ends with a newline. */
    public static String of(RequestExplanation explanation) {
        StringBuilder out = new StringBuilder();
        ExplainRequest request = explanation.request();
        label(
                out,
                "request",
                request.method()
                        + (request.secure() ? " https://" : " http://")
                        + request.host()
                        + request.target());
        label(out, "answer", explanation.answer());
        Explanation routing = explanation.routing();
        if (routing != null) {
            routing(out, routing);
        }
        ServiceExplanation service = explanation.service();
        if (service != null) {
            out.append(of(service));
        }
        if (!explanation.policies().isEmpty()) {
            policies(out, explanation);
        }
        CertificateLine certificate = explanation.certificate();
        if (certificate != null) {
            label(out, "certificate", text(certificate, request.host()));
        }
        if (routing != null) {
            nearMisses(out, routing);
        }
        return out.toString();
    }

    /** How connections to a Service port are spread; ends with a newline. */
    public static String of(ServiceExplanation service) {
        StringBuilder out = new StringBuilder();
        String type = service.type() == null ? "" : ", " + service.type().apiName();
        long used = service.endpoints().stream().filter(EndpointExplanation::used).count();
        label(
                out,
                "service",
                "%s%s, %d of %d endpoints used"
                        .formatted(service.ref(), type, used, service.endpoints().size()));
        label(out, "", service.reason());
        for (EndpointExplanation endpoint : service.endpoints()) {
            String target = endpoint.target() == null ? "" : " (" + endpoint.target() + ")";
            label(
                    out,
                    "",
                    (endpoint.used() ? "+ " : "- ")
                            + endpoint.authority()
                            + target
                            + ": "
                            + endpoint.reason());
        }
        service.node().forEach(node -> node(out, node));
        return out.toString();
    }

    private static void node(StringBuilder out, NodeExplanation node) {
        String algorithm = node.algorithm() == null ? "the mode's default" : node.algorithm();
        String scheduler =
                node.ipvsScheduler() == null ? "" : ", in mode ipvs " + node.ipvsScheduler();
        Duration affinity = node.affinity();
        label(
                out,
                "node",
                "%s over %s, algorithm %s%s, %s"
                        .formatted(
                                node.protocol(),
                                node.family() == IpFamily.IPV4 ? "IPv4" : "IPv6",
                                algorithm,
                                scheduler,
                                affinity == null
                                        ? "no affinity"
                                        : "affinity for " + affinity.toSeconds() + " s"));
        if (node.cluster() != null) {
            entry(out, "cluster address", node.cluster());
        }
        if (node.outside() != null) {
            entry(out, "from outside", node.outside());
        }
        node.problems().forEach(problem -> label(out, "", "problem: " + problem));
    }

    private static void entry(StringBuilder out, String name, EntryExplanation entry) {
        String policy = entry.policy() == TrafficPolicy.LOCAL ? "Local" : "Cluster";
        label(
                out,
                "",
                "%s %s, policy %s: %s"
                        .formatted(
                                name,
                                String.join(", ", entry.addresses()),
                                policy,
                                entry.reason()));
        entry.destinations().forEach(destination -> label(out, "", "  > " + destination));
        if (!entry.destinations().isEmpty()) {
            label(out, "", "  masqueraded: " + entry.masquerade());
        }
    }

    private static void routing(StringBuilder out, Explanation routing) {
        HostPattern host = routing.decidingHost();
        Route winner = routing.winner();
        if (winner != null) {
            label(out, "rule", rule(winner));
        }
        label(out, "host", host == null ? "no host of the configuration matches" : host.toString());
        label(out, "path", routing.path() + (winner == null ? "" : " by " + winner.path()));
        label(out, "why", routing.reason());
    }

    private static String rule(Route route) {
        return route.id().source() + " " + route.id().field();
    }

    private static void policies(StringBuilder out, RequestExplanation explanation) {
        String set =
                explanation.policies().stream()
                        .filter(line -> !line.isDefault())
                        .map(ExplanationText::text)
                        .collect(Collectors.joining(", "));
        String defaults =
                explanation.policies().stream()
                        .filter(PolicyLine::isDefault)
                        .map(ExplanationText::text)
                        .collect(Collectors.joining(", "));
        label(out, "policies", set.isEmpty() ? "none set" : "set: " + set);
        label(out, "", "default: " + defaults);
    }

    private static String text(PolicyLine line) {
        return line.name() + " " + line.value();
    }

    private static String text(CertificateLine certificate, String host) {
        String names =
                certificate.names().isEmpty()
                        ? ""
                        : " for " + String.join(", ", certificate.names());
        String until =
                certificate.notAfter().isEmpty() ? "" : ", valid until " + certificate.notAfter();
        String mismatch = certificate.covers() ? "" : "; it is not for " + host;
        return certificate.source() + names + until + mismatch;
    }

    private static void nearMisses(StringBuilder out, Explanation routing) {
        String name = "near misses";
        for (NearMiss miss : routing.nearMisses()) {
            label(
                    out,
                    name,
                    rule(miss.route())
                            + " ("
                            + (miss.host() == null ? "default" : miss.host())
                            + " "
                            + miss.route().path()
                            + "): "
                            + miss.reason());
            name = "";
        }
        if (routing.nearMissesLeftOut() > 0) {
            label(out, name, "and " + routing.nearMissesLeftOut() + " more");
        }
    }

    private static void label(StringBuilder out, String name, String value) {
        out.append("%-12s%s%n".formatted(name, value));
    }
}
