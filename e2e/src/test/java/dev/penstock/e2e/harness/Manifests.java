package dev.penstock.e2e.harness;

/** Manifests as text, for one backend on loopback each. */
public final class Manifests {

    private Manifests() {}

    /** A Service with an EndpointSlice of one ready endpoint at 127.0.0.1. */
    public static String service(String name, int endpointPort) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {clusterIP: 10.96.0.10, ports: [{name: main, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: main, port: %2$d}]
        endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
        ---
        """
                .formatted(name, endpointPort);
    }

    /**
     * An Ingress that sends all of a host to a Service.
     *
     * @param annotations in YAML's flow style, such as <code>{penstock.dev/backend-protocol: GRPC}
     *     </code>
     */
    public static String ingress(String name, String host, String service, String annotations) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %1$s, annotations: %4$s}
        spec:
          ingressClassName: penstock
          rules:
          - host: %2$s
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: %3$s, port: {name: main}}}}]}
        ---
        """
                .formatted(name, host, service, annotations);
    }
}
