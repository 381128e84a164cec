package dev.penstock.e2e.node;

import dev.penstock.e2e.node.lab.Host;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Service with its EndpointSlices, to be changed and written as manifests. One thread. */
final class TestService {

    /**
     * One of its ports.
     *
     * @param name its name
     * @param protocol TCP, UDP or SCTP
     * @param number the port on the Service's addresses
     * @param target the port of its endpoints
     * @param nodePort the port on nodes; 0 for none
     */
    record Port(String name, String protocol, int number, int target, int nodePort) {}

    private final String name;
    private final List<String> clusterIps;
    private final List<String> externalIps = new ArrayList<>();
    private final List<String> ingress = new ArrayList<>();
    private final List<String> spec = new ArrayList<>();
    private final List<String> annotations = new ArrayList<>();
    private List<Port> ports = new ArrayList<>();
    private List<TestEndpoint> endpoints = new ArrayList<>();
    private String type = "ClusterIP";

    TestService(String name, List<String> clusterIps) {
        this.name = name;
        this.clusterIps = List.copyOf(clusterIps);
    }

    String name() {
        return name;
    }

    /** Its cluster addresses, of IPv4 first. */
    List<String> clusterIps() {
        return clusterIps;
    }

    List<String> externalIps() {
        return List.copyOf(externalIps);
    }

    TestService type(String newType) {
        type = newType;
        return this;
    }

    TestService tcp(String portName, int number, int target) {
        return port(new Port(portName, "TCP", number, target, 0));
    }

    TestService udp(String portName, int number, int target) {
        return port(new Port(portName, "UDP", number, target, 0));
    }

    TestService sctp(String portName, int number, int target) {
        return port(new Port(portName, "SCTP", number, target, 0));
    }

    TestService port(Port port) {
        ports.add(port);
        return this;
    }

    /** Makes it a NodePort Service; the first port gets this one, the next the next. */
    TestService nodePort(int first) {
        if (type.equals("ClusterIP")) {
            type = "NodePort";
        }
        List<Port> numbered = new ArrayList<>();
        for (Port port : ports) {
            numbered.add(
                    new Port(
                            port.name(),
                            port.protocol(),
                            port.number(),
                            port.target(),
                            first + numbered.size()));
        }
        ports = numbered;
        return this;
    }

    TestService externalIps(String... addresses) {
        externalIps.addAll(List.of(addresses));
        return this;
    }

    /** Makes it a LoadBalancer Service with these addresses. */
    TestService loadBalancer(String... addresses) {
        type = "LoadBalancer";
        Arrays.stream(addresses).map("{ip: '%s', ipMode: VIP}"::formatted).forEach(ingress::add);
        return this;
    }

    /** Adds a load balancer address that wants no rule on nodes. */
    TestService loadBalancerProxy(String address) {
        type = "LoadBalancer";
        ingress.add("{ip: '%s', ipMode: Proxy}".formatted(address));
        return this;
    }

    /** Adds a line to its spec, such as {@code externalTrafficPolicy: Local}. */
    TestService spec(String line) {
        spec.add(line);
        return this;
    }

    /** Takes a line from its spec. */
    TestService withoutSpec(String line) {
        spec.remove(line);
        return this;
    }

    /** Adds an annotation under {@code penstock.dev/}. */
    TestService annotation(String key, String value) {
        annotations.add("penstock.dev/%s: '%s'".formatted(key, value));
        return this;
    }

    TestService affinity(int timeoutSeconds) {
        return spec("sessionAffinity: ClientIP")
                .spec(
                        "sessionAffinityConfig: {clientIP: {timeoutSeconds: %d}}"
                                .formatted(timeoutSeconds));
    }

    /** Ready backends in place of all endpoints. */
    TestService to(Host... backends) {
        return to(Stream.of(backends).map(TestEndpoint::of).toArray(TestEndpoint[]::new));
    }

    /** These in place of all endpoints. */
    TestService to(TestEndpoint... newEndpoints) {
        endpoints = List.of(newEndpoints);
        return this;
    }

    TestService toNobody() {
        endpoints = List.of();
        return this;
    }

    /** Its documents. */
    String yaml() {
        StringBuilder text = new StringBuilder(service());
        for (int i = 0; i < endpoints.size(); i++) {
            text.append(endpoints.get(i).slices(name, i, ports));
        }
        return text.toString();
    }

    private String service() {
        List<String> lines = new ArrayList<>(spec);
        lines.add("type: " + type);
        if (!type.equals("ExternalName")) {
            lines.add("clusterIP: '%s'".formatted(clusterIps.getFirst()));
            lines.add("clusterIPs: " + list(clusterIps));
            lines.add("ipFamilyPolicy: PreferDualStack");
        }
        if (!externalIps.isEmpty()) {
            lines.add("externalIPs: " + list(externalIps));
        }
        if (!ports.isEmpty()) {
            lines.add("ports: " + portList());
        }
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, annotations: {%s}}
        spec:
          %s
        status: {loadBalancer: {ingress: [%s]}}
        ---
        """
                .formatted(
                        name,
                        String.join(", ", annotations),
                        String.join("\n  ", lines),
                        String.join(", ", ingress));
    }

    private static String list(List<String> texts) {
        return texts.stream().map("'%s'"::formatted).collect(Collectors.joining(", ", "[", "]"));
    }

    private String portList() {
        return ports.stream()
                .map(port ->
                        "{name: '%s', protocol: %s, port: %d, targetPort: %d%s}"
                                .formatted(
                                        port.name(),
                                        port.protocol(),
                                        port.number(),
                                        port.target(),
                                        port.nodePort() == 0
                                                ? ""
                                                : ", nodePort: " + port.nodePort()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
