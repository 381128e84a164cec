package dev.penstock.app.admin;

import dev.penstock.app.metrics.CertificateDates;
import dev.penstock.model.Problem;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePort;
import dev.penstock.proxy.listener.BoundListener;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes what is being served as one JSON object. Never shows a key. */
final class ConfigJson {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator out;

    private ConfigJson(JsonGenerator out) {
        this.out = out;
    }

    static byte[] of(
            long generation,
            Instant appliedAt,
            List<BoundListener> listeners,
            Configuration configuration,
            List<CertificateDates.Entry> certificates,
            List<Problem> problems) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            ConfigJson json = new ConfigJson(generator);
            generator.writeStartObject();
            generator.writeNumberProperty("generation", generation);
            generator.writeStringProperty("appliedAt", appliedAt.toString());
            json.listeners(listeners);
            json.routes(configuration.http());
            json.services(new TreeMap<>(configuration.services().byName()).values());
            json.certificates(certificates);
            json.problems(problems);
            generator.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private void listeners(List<BoundListener> listeners) {
        out.writeArrayPropertyStart("listeners");
        for (BoundListener listener : listeners) {
            out.writeStartObject();
            out.writeStringProperty("name", listener.name());
            out.writeStringProperty("address", listener.address().getAddress().getHostAddress());
            out.writeNumberProperty("port", listener.address().getPort());
            out.writeBooleanProperty("tls", listener.tls());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void routes(HttpConfig http) {
        out.writeArrayPropertyStart("routes");
        http.hosts()
                .forEach((host, virtualHost) -> {
                    for (Route route : virtualHost.routes()) {
                        route(host, virtualHost.tls(), route);
                    }
                });
        if (http.defaultRoute() != null) {
            route(null, false, http.defaultRoute());
        }
        out.writeEndArray();
    }

    private void route(@Nullable HostPattern host, boolean tls, Route route) {
        out.writeStartObject();
        out.writeStringProperty("host", host == null ? "" : host.toString());
        out.writeBooleanProperty("tls", tls);
        out.writeStringProperty("pathType", route.path().type().apiName());
        out.writeStringProperty("path", route.path().value());
        if (!route.predicates().isEmpty()) {
            out.writeArrayPropertyStart("predicates");
            for (Predicate predicate : route.predicates()) {
                out.writeString(predicate.toString());
            }
            out.writeEndArray();
        }
        switch (route.action()) {
            case RouteAction.Forward forward ->
                    out.writeStringProperty("service", forward.service().toString());
            case RouteAction.Respond respond -> {
                out.writeNumberProperty("status", respond.status());
                out.writeStringProperty("reason", respond.reason());
            }
        }
        out.writeStringProperty("kind", route.id().source().kind());
        out.writeStringProperty("namespace", route.id().source().namespace());
        out.writeStringProperty("name", route.id().source().name());
        out.writeStringProperty("field", route.id().field());
        out.writeEndObject();
    }

    private void services(Iterable<Service> services) {
        out.writeArrayPropertyStart("services");
        for (Service service : services) {
            out.writeStartObject();
            out.writeStringProperty("namespace", service.name().namespace());
            out.writeStringProperty("name", service.name().name());
            out.writeStringProperty("type", service.type().apiName());
            if (service.externalName() != null) {
                out.writeStringProperty("externalName", service.externalName());
            }
            out.writeArrayPropertyStart("ports");
            for (ServicePort port : service.ports()) {
                port(service, port);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void port(Service service, ServicePort port) {
        out.writeStartObject();
        out.writeStringProperty("name", port.name());
        out.writeStringProperty("protocol", port.protocol().name());
        out.writeNumberProperty("port", port.port());
        out.writeArrayPropertyStart("endpoints");
        for (Endpoint endpoint : service.endpointsOf(port)) {
            out.writeStartObject();
            out.writeStringProperty("address", endpoint.authority());
            out.writeBooleanProperty("ready", endpoint.ready());
            out.writeBooleanProperty("serving", endpoint.serving());
            out.writeBooleanProperty("terminating", endpoint.terminating());
            if (endpoint.target() != null) {
                out.writeStringProperty("target", endpoint.target());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void certificates(List<CertificateDates.Entry> certificates) {
        out.writeArrayPropertyStart("certificates");
        for (CertificateDates.Entry entry : certificates) {
            out.writeStartObject();
            out.writeStringProperty("source", entry.certificate().source().toString());
            strings("hosts", entry.hosts());
            if (entry.facts() != null) {
                strings("names", entry.facts().dnsNames());
                out.writeStringProperty("subject", entry.facts().subject());
                out.writeStringProperty("issuer", entry.facts().issuer());
                out.writeStringProperty("notBefore", entry.facts().notBefore().toString());
                out.writeStringProperty("notAfter", entry.facts().notAfter().toString());
                out.writeStringProperty("keyType", entry.facts().keyType());
                out.writeStringProperty("sha256", entry.facts().fingerprint());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void strings(String name, List<String> values) {
        out.writeArrayPropertyStart(name);
        values.forEach(out::writeString);
        out.writeEndArray();
    }

    private void problems(List<Problem> problems) {
        out.writeArrayPropertyStart("problems");
        for (Problem problem : problems) {
            out.writeStartObject();
            out.writeStringProperty("kind", problem.object().kind());
            out.writeStringProperty("namespace", problem.object().namespace());
            out.writeStringProperty("name", problem.object().name());
            out.writeStringProperty("field", problem.field());
            out.writeStringProperty("reason", problem.reason().name());
            out.writeStringProperty("message", problem.message());
            out.writeStringProperty("consequence", problem.consequence());
            if (problem.location() != null) {
                out.writeStringProperty("location", problem.location().toString());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
