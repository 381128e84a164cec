package dev.penstock.l4;

/** Whether a Service port can be reached, or why not. */
public enum Availability {
    AVAILABLE("available"),
    NO_SERVICE("the Service does not exist"),
    NO_PORT("the Service has no such port"),
    NO_ENDPOINTS("no endpoint is ready"),
    NO_CLUSTER_IP("the Service has no cluster IP"),
    FORBIDDEN("the Service or all of its endpoints must not be reached from here"),
    UNRESOLVED("the Service's external name has not been resolved");

    private final String reason;

    Availability(String reason) {
        this.reason = reason;
    }

    /** The state in words, for logs and explanations. */
    public String reason() {
        return reason;
    }
}
