package dev.penstock.model.service;

/**
 * The values of a Service's {@code spec.type}. A headless Service is a ClusterIP Service without an
 * address.
 */
public enum ServiceType {
    CLUSTER_IP("ClusterIP"),
    NODE_PORT("NodePort"),
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_NAME("ExternalName");

    private final String apiName;

    ServiceType(String apiName) {
        this.apiName = apiName;
    }

    /** The name the Kubernetes API uses. */
    public String apiName() {
        return apiName;
    }
}
