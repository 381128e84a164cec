package dev.penstock.controller.translate;

import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.Problem;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.tls.Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All hosts as they are served; a host is merged anew when a claim on it changed. */
final class HostTable {

    private static final Comparator<HostClaim> OLDEST_FIRST =
            Comparator.comparing(HostClaim::meta, ObjectMeta.OLDEST_FIRST);

    private final Map<HostPattern, List<HostClaim>> claims = new HashMap<>();
    private final Map<HostPattern, List<Problem>> problems = new HashMap<>();
    private final Set<HostPattern> dirty = new HashSet<>();
    private SortedMap<HostPattern, VirtualHost> hosts = new TreeMap<>();
    private SortedMap<HostPattern, Certificate> certificates = new TreeMap<>();

    /** Notes that an Ingress wants something else than before. */
    void replace(@Nullable IngressPlan before, @Nullable IngressPlan after) {
        if (before != null) {
            before.claims().forEach(this::remove);
        }
        if (after != null) {
            after.claims().forEach(this::add);
        }
    }

    /** Merges the hosts that were noted. */
    void update() {
        if (dirty.isEmpty()) {
            return;
        }
        Change<VirtualHost> hostChange = new Change<>(hosts);
        Change<Certificate> certificateChange = new Change<>(certificates);
        for (HostPattern host : dirty) {
            List<HostClaim> all = claims.get(host);
            HostMerger.Merged merged =
                    all == null
                            ? new HostMerger.Merged(null, null, List.of())
                            : HostMerger.merge(host, all);
            hostChange.set(host, merged.virtualHost());
            certificateChange.set(host, merged.certificate());
            if (merged.problems().isEmpty()) {
                problems.remove(host);
            } else {
                problems.put(host, merged.problems());
            }
        }
        hosts = hostChange.result();
        certificates = certificateChange.result();
        dirty.clear();
    }

    /** The hosts with their routes; the same instance until one of them changes. */
    SortedMap<HostPattern, VirtualHost> hosts() {
        return hosts;
    }

    /** The hosts' certificates; the same instance until one of them changes. */
    SortedMap<HostPattern, Certificate> certificates() {
        return certificates;
    }

    /** Adds the problems of all hosts. */
    void addProblems(List<Problem> all) {
        problems.values().forEach(all::addAll);
    }

    private void add(HostClaim claim) {
        List<HostClaim> all = claims.get(claim.host());
        List<HostClaim> more = new ArrayList<>(all == null ? List.of() : all);
        more.add(claim);
        more.sort(OLDEST_FIRST);
        claims.put(claim.host(), List.copyOf(more));
        dirty.add(claim.host());
    }

    private void remove(HostClaim claim) {
        List<HostClaim> all = claims.get(claim.host());
        if (all == null) {
            return;
        }
        List<HostClaim> rest = new ArrayList<>(all);
        rest.removeIf(other -> other.meta().ref().equals(claim.meta().ref()));
        if (rest.isEmpty()) {
            claims.remove(claim.host());
        } else {
            claims.put(claim.host(), List.copyOf(rest));
        }
        dirty.add(claim.host());
    }

    /** A map with some values replaced; a value that is equal to the old one stays the old one. */
    private static final class Change<V> {

        private final SortedMap<HostPattern, V> before;
        private @Nullable SortedMap<HostPattern, V> after;

        Change(SortedMap<HostPattern, V> before) {
            this.before = before;
        }

        void set(HostPattern host, @Nullable V value) {
            SortedMap<HostPattern, V> current = after == null ? before : after;
            if (Objects.equals(current.get(host), value)) {
                return;
            }
            if (after == null) {
                after = new TreeMap<>(before);
                current = after;
            }
            if (value == null) {
                current.remove(host);
            } else {
                current.put(host, value);
            }
        }

        SortedMap<HostPattern, V> result() {
            return after == null ? before : after;
        }
    }
}
