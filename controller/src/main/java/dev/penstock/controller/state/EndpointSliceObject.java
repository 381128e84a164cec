package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.ServiceName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An EndpointSlice, or an Endpoints object read as if it were one.
 *
 * @param meta name, age and place; its kind tells the two apart
 * @param service the Service it belongs to; null where it names none and is of no use
 * @param endpoints the endpoints by port name, in the object's order
 * @param findings what was wrong with its fields
 */
public record EndpointSliceObject(
        ObjectMeta meta,
        @Nullable ServiceName service,
        Map<String, List<Endpoint>> endpoints,
        List<Finding> findings)
        implements KubernetesObject {

    /** The kind of an EndpointSlice. */
    public static final String KIND = "EndpointSlice";

    /** The kind of an Endpoints object. */
    public static final String ENDPOINTS_KIND = "Endpoints";

    public EndpointSliceObject {
        requireNonNull(meta, "meta");
        endpoints = Map.copyOf(endpoints);
        findings = List.copyOf(findings);
    }

    /** Whether this is an Endpoints object, which gives way to EndpointSlices. */
    public boolean isLegacy() {
        return meta.ref().kind().equals(ENDPOINTS_KIND);
    }

    @Override
    public EndpointSliceObject withMeta(ObjectMeta newMeta) {
        return new EndpointSliceObject(newMeta, service, endpoints, findings);
    }
}
