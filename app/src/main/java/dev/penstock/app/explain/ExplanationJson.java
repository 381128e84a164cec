package dev.penstock.app.explain;

import dev.penstock.app.explain.RequestExplanation.CertificateLine;
import dev.penstock.app.explain.RequestExplanation.PolicyLine;
import dev.penstock.l4.ServiceExplanation;
import dev.penstock.l4.ServiceExplanation.EndpointExplanation;
import dev.penstock.l4.ServiceExplanation.EntryExplanation;
import dev.penstock.l4.ServiceExplanation.NodeExplanation;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.http.Route;
import dev.penstock.model.service.TrafficPolicy;
import dev.penstock.routing.Explanation;
import dev.penstock.routing.Explanation.NearMiss;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes explanations for programs: one JSON object each. */
public final class ExplanationJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ExplanationJson() {}

    /** A request's explanation. */
    public static byte[] of(RequestExplanation explanation) {
        return write(out -> write(out, explanation));
    }

    /** How a connection to a Service would be spread. */
    public static byte[] of(ServiceExplanation service) {
        return write(out -> write(out, service));
    }

    private static byte[] write(Consumer<JsonGenerator> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            writer.accept(out);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator out, RequestExplanation explanation) {
        ExplainRequest request = explanation.request();
        out.writeStartObject();
        out.writeObjectPropertyStart("request");
        out.writeStringProperty("method", request.method());
        out.writeStringProperty("scheme", request.secure() ? "https" : "http");
        out.writeStringProperty("host", request.host());
        out.writeStringProperty("target", request.target());
        out.writeEndObject();
        out.writeStringProperty("answer", explanation.answer());
        out.writeNumberProperty("status", explanation.status());
        Explanation routing = explanation.routing();
        if (routing != null) {
            write(out, routing);
        }
        ServiceExplanation service = explanation.service();
        if (service != null) {
            out.writeName("service");
            write(out, service);
        }
        out.writeArrayPropertyStart("policies");
        for (PolicyLine line : explanation.policies()) {
            out.writeStartObject();
            out.writeStringProperty("name", line.name());
            out.writeStringProperty("value", line.value());
            out.writeBooleanProperty("default", line.isDefault());
            out.writeEndObject();
        }
        out.writeEndArray();
        CertificateLine certificate = explanation.certificate();
        if (certificate != null) {
            write(out, certificate);
        }
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, Explanation routing) {
        out.writeStringProperty("path", routing.path());
        if (routing.decidingHost() != null) {
            out.writeStringProperty("host", routing.decidingHost().toString());
        }
        if (routing.winner() != null) {
            out.writeName("rule");
            write(out, routing.winner());
        }
        out.writeStringProperty("reason", routing.reason());
        out.writeArrayPropertyStart("nearMisses");
        for (NearMiss miss : routing.nearMisses()) {
            out.writeStartObject();
            out.writeName("rule");
            write(out, miss.route());
            if (miss.host() != null) {
                out.writeStringProperty("host", miss.host().toString());
            }
            out.writeStringProperty("miss", miss.miss().name());
            out.writeStringProperty("reason", miss.reason());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeNumberProperty("nearMissesLeftOut", routing.nearMissesLeftOut());
    }

    private static void write(JsonGenerator out, Route route) {
        out.writeStartObject();
        out.writeStringProperty("kind", route.id().source().kind());
        out.writeStringProperty("namespace", route.id().source().namespace());
        out.writeStringProperty("name", route.id().source().name());
        out.writeStringProperty("field", route.id().field());
        out.writeStringProperty("pathType", route.path().type().apiName());
        out.writeStringProperty("path", route.path().value());
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, ServiceExplanation service) {
        out.writeStartObject();
        out.writeStringProperty("port", service.ref().toString());
        text(out, "type", service.type() == null ? null : service.type().apiName());
        out.writeStringProperty("availability", service.availability().name());
        out.writeStringProperty("reason", service.reason());
        out.writeStringProperty("algorithm", service.algorithm().annotationValue());
        if (service.affinity() != null) {
            out.writeNumberProperty("affinitySeconds", service.affinity().timeout().toSeconds());
        }
        text(out, "externalName", service.externalName());
        texts(out, "clusterIps", service.clusterIps());
        out.writeArrayPropertyStart("endpoints");
        for (EndpointExplanation endpoint : service.endpoints()) {
            out.writeStartObject();
            out.writeStringProperty("address", endpoint.authority());
            out.writeBooleanProperty("used", endpoint.used());
            out.writeStringProperty("reason", endpoint.reason());
            text(out, "target", endpoint.target());
            text(out, "node", endpoint.nodeName());
            text(out, "zone", endpoint.zone());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("node");
        service.node().forEach(node -> write(out, node));
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, NodeExplanation node) {
        out.writeStartObject();
        out.writeStringProperty("protocol", node.protocol().name());
        out.writeStringProperty("family", node.family() == IpFamily.IPV4 ? "IPv4" : "IPv6");
        text(out, "algorithm", node.algorithm());
        text(out, "ipvsScheduler", node.ipvsScheduler());
        if (node.affinity() != null) {
            out.writeNumberProperty("affinitySeconds", node.affinity().toSeconds());
        }
        if (node.cluster() != null) {
            out.writeName("cluster");
            write(out, node.cluster());
        }
        if (node.outside() != null) {
            out.writeName("outside");
            write(out, node.outside());
        }
        texts(out, "problems", node.problems());
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, EntryExplanation entry) {
        out.writeStartObject();
        texts(out, "addresses", entry.addresses());
        out.writeStringProperty(
                "policy", entry.policy() == TrafficPolicy.LOCAL ? "Local" : "Cluster");
        out.writeStringProperty("verdict", entry.verdict());
        out.writeStringProperty("reason", entry.reason());
        out.writeStringProperty("masquerade", entry.masquerade());
        texts(out, "destinations", entry.destinations());
        out.writeEndObject();
    }

    private static void texts(JsonGenerator out, String name, List<String> values) {
        out.writeArrayPropertyStart(name);
        values.forEach(out::writeString);
        out.writeEndArray();
    }

    private static void text(JsonGenerator out, String name, @Nullable String value) {
        if (value != null) {
            out.writeStringProperty(name, value);
        }
    }

    private static void write(JsonGenerator out, CertificateLine certificate) {
        out.writeObjectPropertyStart("certificate");
        out.writeStringProperty("source", certificate.source());
        out.writeArrayPropertyStart("names");
        certificate.names().forEach(out::writeString);
        out.writeEndArray();
        out.writeStringProperty("notAfter", certificate.notAfter());
        out.writeBooleanProperty("coversHost", certificate.covers());
        out.writeEndObject();
    }
}
