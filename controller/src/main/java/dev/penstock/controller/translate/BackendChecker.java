package dev.penstock.controller.translate;

import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the Services and ports that backends name. A backend whose Service or port is missing
 * keeps its route, which answers 503 until the Service is there.
 */
final class BackendChecker {

    private static final String ANSWERED_503 = "requests are answered 503";

    private final Map<ServiceName, ServiceObject> services;

    BackendChecker(Map<ServiceName, ServiceObject> services) {
        this.services = services;
    }

    /**
     * Checks a backend.
     *
     * @param field the backend's path in its object
     * @param problems gets what is wrong with it
     * @return what its port says it speaks; null where it says nothing
     */
    @Nullable BackendProtocol check(
            ServicePortRef backend, String field, int lineOffset, ProblemList problems) {
        ServiceObject object = services.get(backend.service());
        if (object == null) {
            problems.add(
                    field + ".service.name",
                    lineOffset,
                    ProblemReason.ServiceNotFound,
                    "Service " + backend.service() + " does not exist",
                    ANSWERED_503);
            return null;
        }
        ServicePort port = object.service().port(backend);
        if (port == null) {
            problems.add(
                    field + ".service.port",
                    lineOffset,
                    ProblemReason.PortNotFound,
                    "Service "
                            + backend.service()
                            + " has no port "
                            + (backend.number() == 0 ? backend.portName() : backend.number())
                            + " (expected: "
                            + ports(object.service())
                            + ")",
                    ANSWERED_503);
            return null;
        }
        if (port.protocol() != Protocol.TCP) {
            problems.add(
                    field + ".service.port",
                    lineOffset,
                    ProblemReason.UnsupportedBackend,
                    "port "
                            + port.port()
                            + " of Service "
                            + backend.service()
                            + " is "
                            + port.protocol()
                            + " (expected: TCP)",
                    ANSWERED_503);
            return null;
        }
        return spoken(port.appProtocol());
    }

    /** KEP-3726 and the names of IANA; what HTTP proxies do not know is left to the annotation. */
    private static @Nullable BackendProtocol spoken(String appProtocol) {
        return switch (appProtocol) {
            case "http", "kubernetes.io/ws" -> BackendProtocol.HTTP;
            case "https", "kubernetes.io/wss" -> BackendProtocol.HTTPS;
            case "kubernetes.io/h2c", "h2c" -> BackendProtocol.H2C;
            case "grpc" -> BackendProtocol.GRPC;
            case "grpcs" -> BackendProtocol.GRPCS;
            default -> null;
        };
    }

    private static String ports(Service service) {
        if (service.ports().isEmpty()) {
            return "it has no ports";
        }
        return service.ports().stream()
                .map(port ->
                        port.name().isEmpty()
                                ? Integer.toString(port.port())
                                : port.port() + " (" + port.name() + ")")
                .collect(Collectors.joining(", "));
    }
}
