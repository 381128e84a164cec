package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.ServicePortRef;

/** What is done with a request that a route takes. */
public sealed interface RouteAction {

    /**
     * Send it to a Service's endpoint. Whether the Service exists and has endpoints is known only
     * when a request comes: without any the answer is 503.
     *
     * @param service the Service and its port
     */
    record Forward(ServicePortRef service) implements RouteAction {
        public Forward {
            requireNonNull(service, "service");
        }
    }

    /**
     * Answer it at once.
     *
     * @param status the status code, 200 to 599
     * @param reason why, for logs and explanations; not sent
     */
    record Respond(int status, String reason) implements RouteAction {
        public Respond {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status: " + status + " (expected: 200-599)");
            }
            requireNonNull(reason, "reason");
        }
    }
}
