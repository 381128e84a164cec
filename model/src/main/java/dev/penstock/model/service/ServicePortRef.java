package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

/**
 * A reference to a port of a Service, as a backend holds it: by number or by name.
 *
 * @param service the Service
 * @param number the port's number; 0 when it is referred to by name
 * @param portName the port's name; empty when it is referred to by number
 */
public record ServicePortRef(ServiceName service, int number, String portName) {

    public ServicePortRef {
        requireNonNull(service, "service");
        requireNonNull(portName, "portName");
        if ((number == 0) == portName.isEmpty()) {
            throw new IllegalArgumentException(
                    "number: " + number + ", portName: " + portName + " (expected: exactly one)");
        }
        if (number < 0 || number > 65535) {
            throw new IllegalArgumentException("number: " + number + " (expected: 0-65535)");
        }
    }

    public static ServicePortRef byNumber(ServiceName service, int number) {
        return new ServicePortRef(service, number, "");
    }

    public static ServicePortRef byName(ServiceName service, String portName) {
        return new ServicePortRef(service, 0, portName);
    }

    /**
     * Reads what {@link #toString()} writes: {@code namespace/name:port}.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static ServicePortRef parse(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || port.isEmpty()) {
            throw new IllegalArgumentException(
                    "service: " + text + " (expected: namespace/name:port)");
        }
        ServiceName service = ServiceName.parse(text.substring(0, colon));
        if (!port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return byName(service, port);
        }
        if (port.length() > 5 || Integer.parseInt(port) == 0) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
        }
        return byNumber(service, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return service + ":" + (number == 0 ? portName : Integer.toString(number));
    }
}
