package dev.penstock.model.service;

/** The values of {@code internalTrafficPolicy} and {@code externalTrafficPolicy}. */
public enum TrafficPolicy {
    CLUSTER,
    LOCAL
}
