package dev.penstock.controller.translate;

import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.service.ServiceName;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What one Ingress comes to by itself, before others are asked.
 *
 * @param ingress the Ingress
 * @param isOurs whether it is served at all
 * @param claims what it wants of each host, one claim a host
 * @param problems what is wrong with it
 * @param services the Services that were looked at
 * @param secrets the Secrets that were looked at, there or not
 * @param validUntil when the passing of time makes the plan another, as a certificate expires
 */
record IngressPlan(
        IngressObject ingress,
        boolean isOurs,
        List<HostClaim> claims,
        List<Problem> problems,
        Set<ServiceName> services,
        Set<ObjectRef> secrets,
        Instant validUntil) {

    IngressPlan {
        claims = List.copyOf(claims);
        problems = List.copyOf(problems);
        services = Set.copyOf(services);
        secrets = Set.copyOf(secrets);
    }

    /** An Ingress that is not served. */
    static IngressPlan notOurs(IngressObject ingress, List<Problem> problems) {
        return new IngressPlan(
                ingress, false, List.of(), problems, Set.of(), Set.of(), Instant.MAX);
    }
}
