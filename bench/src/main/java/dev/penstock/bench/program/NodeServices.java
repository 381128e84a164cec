package dev.penstock.bench.program;

/**
 * Services with two endpoints each, which can be moved from one pair of pods to another and back.
 * All their addresses are to be local ones.
 */
final class NodeServices {

    /** The networks that pods are in. */
    static final String POD_CIDR = "10.244.0.0/14";

    static final String NAMESPACE = "bench";
    static final int PORT = 80;
    static final int POD_PORT = 8080;

    private static final int FIRST_POD_NETWORK = 244;
    private static final int FIRST_SERVICE_NETWORK = 96;

    /** Leaves the first addresses of the range to the cluster's own Services. */
    private static final int SERVICE_OFFSET = 256;

    private NodeServices() {}

    /** The name of a Service. */
    static String name(int service) {
        return "service-" + service;
    }

    /** The name of its one EndpointSlice. */
    static String sliceName(int service) {
        return name(service) + "-1";
    }

    /** The cluster address of a Service. */
    static String address(int service) {
        int number = service + SERVICE_OFFSET;
        return "10." + (FIRST_SERVICE_NETWORK + (number >> 16)) + low(number);
    }

    /** The pair of pods an address belongs to: 0 or 1. */
    static int pair(byte[] podAddress) {
        return ((podAddress[1] & 255) - FIRST_POD_NETWORK) / 2;
    }

    /** The manifest of a Service. */
    static String service(int service) {
        return """
        apiVersion: v1
        kind: Service
        metadata:
          name: %s
          namespace: %s
          labels: {app: %1$s}
        spec:
          type: ClusterIP
          clusterIP: %s
          selector: {app: %1$s}
          ports:
          - {name: http, port: %d, targetPort: %d, protocol: TCP}
        """
                .formatted(name(service), NAMESPACE, address(service), PORT, POD_PORT);
    }

    /** The manifest of a Service's EndpointSlice with one pair of pods. */
    static String slice(int service, int pair) {
        return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: %s
          namespace: %s
          labels: {kubernetes.io/service-name: %s}
        addressType: IPv4
        ports:
        - {name: http, port: %d, protocol: TCP}
        endpoints:
        - addresses: [%s]
          conditions: {ready: true, serving: true, terminating: false}
          nodeName: %s
        - addresses: [%s]
          conditions: {ready: true, serving: true, terminating: false}
          nodeName: other
        """
                .formatted(
                        sliceName(service),
                        NAMESPACE,
                        name(service),
                        POD_PORT,
                        pod(service, 2 * pair),
                        NodeProgram.NODE_NAME,
                        pod(service, 2 * pair + 1));
    }

    private static String pod(int service, int which) {
        return "10." + (FIRST_POD_NETWORK + which) + low(service);
    }

    private static String low(int number) {
        return "." + ((number >> 8) & 255) + "." + (number & 255);
    }
}
