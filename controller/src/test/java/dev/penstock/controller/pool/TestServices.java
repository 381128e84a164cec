package dev.penstock.controller.pool;

import static java.util.stream.Collectors.joining;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.controller.decode.ObjectDecoder;
import dev.penstock.controller.decode.Origin;
import dev.penstock.controller.state.ServiceObject;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Services for tests; of two without an age the one whose name comes first is the older. */
final class TestServices {

    private TestServices() {}

    /**
     * @param spec what its spec says in YAML flow style; of type LoadBalancer unless it says
     *     another
     */
    static ServiceObject of(String name, String spec) {
        return decode(name, "", spec);
    }

    static ServiceObject withStatus(String name, String spec, String... addresses) {
        return decode(name, "", spec, addresses);
    }

    static ServiceObject annotated(String name, String spec, String address) {
        return decode(name, "penstock.dev/load-balancer-ip: '" + address + "'", spec);
    }

    private static ServiceObject decode(
            String name, String annotations, String spec, String... addresses) {
        String type = spec.contains("type: ") ? "" : "type: LoadBalancer" + comma(spec);
        String ingress =
                List.of(addresses).stream()
                        .map(address -> "{ip: '" + address + "'}")
                        .collect(joining(", "));
        String yaml =
                """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default, annotations: {%s}}
                spec: {%s%s}
                status: {loadBalancer: {ingress: [%s]}}
                """
                        .formatted(name, annotations, type, spec, ingress);
        Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        if (new ObjectDecoder().decode((Map<?, ?>) tree, Origin.API_SERVER)
                        instanceof Decoded.Accepted(var object)
                && object instanceof ServiceObject service) {
            return service;
        }
        throw new AssertionError(yaml);
    }

    private static String comma(String rest) {
        return rest.isEmpty() ? "" : ", ";
    }
}
