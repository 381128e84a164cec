package dev.penstock.model.http;

/** The path types of the Ingress API. */
public enum PathType {
    /** The whole path, case-sensitive. */
    EXACT("Exact"),
    /** Path elements split by {@code /}; a trailing slash of the rule is ignored. */
    PREFIX("Prefix"),
    /** Left to the controller by the API; Penstock treats it as {@link #PREFIX}. */
    IMPLEMENTATION_SPECIFIC("ImplementationSpecific");

    private final String apiName;

    PathType(String apiName) {
        this.apiName = apiName;
    }

    /** The name the Kubernetes API uses. */
    public String apiName() {
        return apiName;
    }
}
