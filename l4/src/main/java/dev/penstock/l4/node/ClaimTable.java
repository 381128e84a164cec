package dev.penstock.l4.node;

import dev.penstock.l4.node.Claim.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who has what several virtual services claim. One thread. */
final class ClaimTable {

    /**
     * A claimant.
     *
     * @param id the virtual service
     * @param role in what role it claims
     * @param created when its Service was made; null where unknown
     */
    private record Claimant(VirtualServiceId id, Role role, @Nullable Instant created) {

        private static final Comparator<Claimant> ORDER =
                Comparator.<Claimant, Boolean>comparing(
                                claimant -> claimant.role != Role.CLUSTER_IP)
                        .thenComparing(
                                Claimant::created, Comparator.nullsLast(Comparator.naturalOrder()));
    }

    /** The claimants of each claim, the one that has it first. Most have one. */
    private final Map<Claim, List<Claimant>> claimants = new HashMap<>();

    /** Whose claims changed hands since the last {@link #takeAffected}. */
    private final Set<VirtualServiceId> affected = new HashSet<>();

    void add(VirtualService service, @Nullable Instant created) {
        Claim.each(
                service,
                (claim, role) -> {
                    List<Claimant> all = claimants.get(claim);
                    Claimant claimant = new Claimant(service.id(), role, created);
                    if (all == null) {
                        claimants.put(claim, List.of(claimant));
                        return;
                    }
                    List<Claimant> next = new ArrayList<>(all);
                    next.add(claimant);
                    // Stable: of two with the same rank, the one that has it keeps it.
                    next.sort(Claimant.ORDER);
                    replace(claim, all, next);
                });
    }

    void remove(VirtualService service) {
        Claim.each(
                service,
                (claim, _) -> {
                    List<Claimant> all = claimants.getOrDefault(claim, List.of());
                    List<Claimant> next = new ArrayList<>(all);
                    next.removeIf(claimant -> claimant.id().equals(service.id()));
                    replace(claim, all, next);
                });
    }

    private void replace(Claim claim, List<Claimant> before, List<Claimant> after) {
        before.forEach(claimant -> affected.add(claimant.id()));
        after.forEach(claimant -> affected.add(claimant.id()));
        if (after.isEmpty()) {
            claimants.remove(claim);
        } else {
            claimants.put(claim, List.copyOf(after));
        }
    }

    /** The virtual services whose claims may have changed hands, once. */
    Set<VirtualServiceId> takeAffected() {
        Set<VirtualServiceId> taken = Set.copyOf(affected);
        affected.clear();
        return taken;
    }

    /** A claim that another has, and who. */
    record Lost(Claim claim, Role role, VirtualServiceId owner) {}

    /** What a virtual service claims and others have. */
    List<Lost> lost(VirtualService service) {
        List<Lost> lost = new ArrayList<>(0);
        Claim.each(
                service,
                (claim, role) -> {
                    VirtualServiceId owner =
                            claimants.getOrDefault(claim, List.of()).getFirst().id();
                    if (!owner.equals(service.id())) {
                        lost.add(new Lost(claim, role, owner));
                    }
                });
        return lost;
    }
}
