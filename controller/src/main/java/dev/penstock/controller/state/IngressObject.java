package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.service.ServicePortRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Ingress.
 *
 * @param meta name, age and place
 * @param className {@code spec.ingressClassName}; null where not set
 * @param defaultBackend {@code spec.defaultBackend}; null where not set or not usable
 * @param rules the usable rules, in the object's order
 * @param tls the usable entries of {@code spec.tls}
 * @param hasRules whether the object has rules at all, usable or not: without any it takes all
 *     traffic
 * @param statusAddresses IPs and host names in {@code status.loadBalancer.ingress}
 * @param findings what was wrong with its fields
 */
public record IngressObject(
        ObjectMeta meta,
        @Nullable String className,
        @Nullable ServicePortRef defaultBackend,
        List<Rule> rules,
        List<Tls> tls,
        boolean hasRules,
        List<String> statusAddresses,
        List<Finding> findings)
        implements KubernetesObject {

    /** The object's kind. */
    public static final String KIND = "Ingress";

    public IngressObject {
        requireNonNull(meta, "meta");
        rules = List.copyOf(rules);
        tls = List.copyOf(tls);
        statusAddresses = List.copyOf(statusAddresses);
        findings = List.copyOf(findings);
    }

    /**
     * One rule.
     *
     * @param index its index in {@code spec.rules}
     * @param host its host; {@link HostPattern#ANY} where it names none
     * @param paths its usable paths; empty for a rule without paths, whose host the default backend
     *     serves
     */
    public record Rule(int index, HostPattern host, List<Path> paths) {
        public Rule {
            requireNonNull(host, "host");
            paths = List.copyOf(paths);
        }
    }

    /**
     * One path of a rule.
     *
     * @param index its index in the rule's {@code http.paths}
     * @param match the path and its type
     * @param backend the Service and port it goes to
     * @param lineOffset lines between the object's first line and the path's
     */
    public record Path(int index, PathMatch match, ServicePortRef backend, int lineOffset) {
        public Path {
            requireNonNull(match, "match");
            requireNonNull(backend, "backend");
        }
    }

    /**
     * One entry of {@code spec.tls}.
     *
     * @param index its index in {@code spec.tls}
     * @param hosts the usable hosts
     * @param secretName the Secret's name in the Ingress's namespace; empty for the default
     *     certificate
     * @param lineOffset lines between the object's first line and the entry's
     */
    public record Tls(int index, List<HostPattern> hosts, String secretName, int lineOffset) {
        public Tls {
            hosts = List.copyOf(hosts);
            requireNonNull(secretName, "secretName");
        }
    }

    /**
     * Whether nothing of the object can be served because of its {@link #findings()}, so that an
     * earlier version of it serves better.
     */
    public boolean isUnusable() {
        return !findings.isEmpty()
                && defaultBackend == null
                && rules.stream().allMatch(rule -> rule.paths().isEmpty());
    }

    @Override
    public IngressObject withMeta(ObjectMeta newMeta) {
        return new IngressObject(
                newMeta,
                className,
                defaultBackend,
                rules,
                tls,
                hasRules,
                statusAddresses,
                findings);
    }
}
