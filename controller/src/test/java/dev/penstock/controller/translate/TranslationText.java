package dev.penstock.controller.translate;

import dev.penstock.model.Problem;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.Services;
import dev.penstock.model.tls.TlsConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A translation as lines that a reader can judge. */
final class TranslationText {

    private final StringBuilder text = new StringBuilder();

    private TranslationText() {}

    static String of(Translation translation) {
        TranslationText writer = new TranslationText();
        Configuration configuration = translation.configuration();
        writer.line(0, "ingresses:");
        translation.ingresses().forEach(ingress -> writer.line(1, ingress.ref().qualifiedName()));
        writer.http(configuration.http());
        writer.tls(configuration.tls());
        writer.services(configuration.services());
        writer.line(0, "problems:");
        configuration.problems().forEach(writer::problem);
        return writer.text.toString();
    }

    private void line(int indent, String line) {
        text.append("  ".repeat(indent)).append(line).append('\n');
    }

    private void http(HttpConfig http) {
        line(0, "hosts:");
        for (VirtualHost host : http.hosts().values()) {
            line(1, host.host() + (host.tls() ? " (tls)" : ""));
            host.routes().forEach(route -> route(2, route));
        }
        Route defaultRoute = http.defaultRoute();
        if (defaultRoute != null) {
            line(0, "default:");
            route(1, defaultRoute);
        }
    }

    private void route(int indent, Route route) {
        String action =
                switch (route.action()) {
                    case RouteAction.Forward(var service) -> service.toString();
                    case RouteAction.Respond(int status, String reason) -> status + " " + reason;
                };
        line(indent, route.path() + " -> " + action + "   (" + route.id() + ")");
        policy(indent + 1, route.policy());
    }

    private void policy(int indent, RoutePolicy policy) {
        for (RecordComponent component : RoutePolicy.class.getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(policy);
                if (!value.equals(component.getAccessor().invoke(RoutePolicy.DEFAULT))) {
                    line(indent, component.getName() + ": " + value);
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("accessors are public", e);
            }
        }
    }

    private void tls(TlsConfig tls) {
        line(0, "certificates:");
        tls.certificates()
                .forEach((host, certificate) ->
                        line(1, host + ": " + certificate.source().qualifiedName()));
        if (tls.defaultCertificate() != null) {
            line(1, "default: " + tls.defaultCertificate().source().qualifiedName());
        }
    }

    private void services(Services services) {
        line(0, "services:");
        for (Service service : new TreeMap<>(services.byName()).values()) {
            List<String> facts = new ArrayList<>();
            facts.add(service.type().apiName());
            service.clusterIps().forEach(facts::add);
            service.ports().stream().map(TranslationText::port).forEach(facts::add);
            if (service.affinity() != null) {
                facts.add("affinity " + service.affinity().timeout());
            }
            if (service.externalName() != null) {
                facts.add(service.externalName());
            }
            line(1, service.name() + ": " + String.join(", ", facts));
            for (Map.Entry<String, List<Endpoint>> port :
                    new TreeMap<>(service.endpoints()).entrySet()) {
                line(
                        2,
                        "\""
                                + port.getKey()
                                + "\": "
                                + String.join(
                                        ", ",
                                        port.getValue().stream()
                                                .map(TranslationText::endpoint)
                                                .toList()));
            }
        }
    }

    private static String port(ServicePort port) {
        return port.port()
                + (port.name().isEmpty() ? "" : "(" + port.name() + ")")
                + (port.protocol().name().equals("TCP") ? "" : "/" + port.protocol())
                + (port.targetPort().isEmpty() ? "" : ">" + port.targetPort())
                + (port.nodePort() == 0 ? "" : " node " + port.nodePort())
                + (port.appProtocol().isEmpty() ? "" : " " + port.appProtocol());
    }

    private static String endpoint(Endpoint endpoint) {
        return endpoint.authority()
                + (endpoint.ready() ? "" : " not-ready")
                + (endpoint.serving() == endpoint.ready()
                        ? ""
                        : endpoint.serving() ? " serving" : " not-serving")
                + (endpoint.terminating() ? " terminating" : "")
                + (endpoint.nodeName() == null ? "" : " on " + endpoint.nodeName())
                + (endpoint.zone() == null ? "" : " in " + endpoint.zone())
                + (endpoint.target() == null ? "" : " = " + endpoint.target())
                + (endpoint.hints().equals(Endpoint.Hints.NONE) ? "" : " " + endpoint.hints());
    }

    private void problem(Problem problem) {
        String at = problem.location() == null ? "" : problem.location() + ": ";
        line(
                1,
                at
                        + problem.reason()
                        + ": "
                        + problem.summary().replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:]+Z", "<time>"));
    }
}
