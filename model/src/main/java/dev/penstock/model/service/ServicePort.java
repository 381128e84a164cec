package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

/**
 * One port of a Service.
 *
 * @param name its name; empty where the Service has one unnamed port
 * @param protocol its transport protocol
 * @param port the port on the Service's addresses, 1 to 65535
 * @param targetPort the port or port name on the pods, as written; empty when it is the same as
 *     {@code port}
 * @param nodePort the port on every node; 0 for none
 * @param appProtocol the application protocol, such as {@code kubernetes.io/h2c}; empty for none
 */
public record ServicePort(
        String name,
        Protocol protocol,
        int port,
        String targetPort,
        int nodePort,
        String appProtocol) {

    public ServicePort {
        requireNonNull(name, "name");
        requireNonNull(protocol, "protocol");
        requireNonNull(targetPort, "targetPort");
        requireNonNull(appProtocol, "appProtocol");
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
        }
        if (nodePort < 0 || nodePort > 65535) {
            throw new IllegalArgumentException("nodePort: " + nodePort + " (expected: 0-65535)");
        }
    }
}
