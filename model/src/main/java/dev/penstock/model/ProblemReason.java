package dev.penstock.model;

/**
 * The classes of {@link Problem}. Names are stable: they are Event reasons and metric label values.
 */
public enum ProblemReason {
    /** A manifest or an object could not be read at all. */
    Unreadable,
    /** A field has a value that its type or the Kubernetes API does not allow. */
    InvalidField,
    /** An annotation of ours is unknown or its value does not parse. */
    InvalidAnnotation,
    /** The Ingress names a class that nobody serves, or names it twice. */
    InvalidClass,
    /** A backend's Service does not exist. */
    ServiceNotFound,
    /** A backend's Service has no such port. */
    PortNotFound,
    /** A backend that is not a Service, or a Service of a kind that must not be reached. */
    UnsupportedBackend,
    /**
     * A Service or target address that must not be reached from here, such as loopback in a
     * cluster.
     */
    ForbiddenTarget,
    /** A Secret does not exist. */
    SecretNotFound,
    /** A Secret holds no usable certificate and key. */
    InvalidCertificate,
    /** A certificate is expired, not yet valid, or does not cover the host it is used for. */
    CertificateMismatch,
    /**
     * Another, older object already claims the same host and path, or the same host's certificate.
     */
    Conflict,
    /** An address that a Service asks for cannot be given to it. */
    AddressUnavailable,
    /** No load balancer address is free for a Service. */
    AddressPoolExhausted,
    /** The rules of a node could not be brought up to date. */
    RulesNotApplied
}
