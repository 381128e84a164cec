package dev.penstock.l4.node;

import dev.penstock.l4.L4Settings;
import dev.penstock.l4.ServiceExplanation;
import dev.penstock.l4.ServiceExplanation.EntryExplanation;
import dev.penstock.l4.ServiceExplanation.NodeExplanation;
import dev.penstock.model.Problem;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.TrafficPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts into words what a node's rules do with connections to a Service port, as far as that is the
 * same in each mode. Immutable; any thread.
 */
public final class NodeExplainer {

    private final NodePlan plan;
    private final List<Problem> problems;
    private final boolean isNodeKnown;

    /**
     * @param services all Services, since one may have an address that another claims
     * @param settings where this is
     */
    public NodeExplainer(Services services, L4Settings settings) {
        NodePlanner planner = new NodePlanner(settings, EnumSet.allOf(Algorithm.class));
        this.plan = planner.plan(services, NodeFacts.NONE);
        this.problems = planner.problems();
        this.isNodeKnown = settings.nodeName() != null;
    }

    /** The same explanation with what a node's rules do. */
    public ServiceExplanation explain(ServiceExplanation service) {
        return service.withNode(
                plan.services().values().stream()
                        .filter(virtual -> isOf(virtual, service.ref()))
                        .sorted(Comparator.comparing(VirtualService::id))
                        .map(this::explain)
                        .toList());
    }

    private static boolean isOf(VirtualService virtual, ServicePortRef ref) {
        return virtual.id().service().equals(ref.service())
                && (ref.number() != 0
                        ? virtual.port() == ref.number()
                        : virtual.id().portName().equals(ref.portName()));
    }

    private NodeExplanation explain(VirtualService virtual) {
        Algorithm algorithm = virtual.algorithm();
        return new NodeExplanation(
                virtual.id().protocol(),
                virtual.id().family(),
                internal(virtual),
                external(virtual),
                algorithm == null ? null : algorithm.annotationValue(),
                virtual.ipvsScheduler(),
                virtual.affinity(),
                problems.stream()
                        .filter(problem -> isOf(problem, virtual))
                        .map(problem -> problem.message() + "; " + problem.consequence())
                        .distinct()
                        .toList());
    }

    private static boolean isOf(Problem problem, VirtualService virtual) {
        return problem.object().namespace().equals(virtual.id().service().namespace())
                && problem.object().name().equals(virtual.id().service().name());
    }

    private @Nullable EntryExplanation internal(VirtualService virtual) {
        String address = virtual.clusterIp();
        if (address == null) {
            return null;
        }
        return new EntryExplanation(
                List.of(authority(address, virtual)),
                virtual.internalPolicy(),
                virtual.internalVerdict().name(),
                reason(virtual.internalVerdict(), virtual.internalPolicy()),
                "sources outside --cluster-cidr where that is given, and pods that reach themselves",
                destinations(virtual.internal()));
    }

    private @Nullable EntryExplanation external(VirtualService virtual) {
        List<String> addresses = new ArrayList<>();
        virtual.loadBalancerIps().forEach(address -> addresses.add(authority(address, virtual)));
        virtual.externalIps().forEach(address -> addresses.add(authority(address, virtual)));
        if (virtual.nodePort() != 0) {
            addresses.add("node port " + virtual.nodePort());
        }
        if (addresses.isEmpty()) {
            return null;
        }
        boolean isLocal = virtual.externalPolicy() == TrafficPolicy.LOCAL;
        String ranges =
                virtual.sourceRanges().isEmpty() || virtual.loadBalancerIps().isEmpty()
                        ? ""
                        : "; load balancer addresses only from " + virtual.sourceRanges();
        return new EntryExplanation(
                addresses,
                virtual.externalPolicy(),
                virtual.externalVerdict().name(),
                reason(virtual.externalVerdict(), virtual.externalPolicy())
                        + (isLocal && !virtual.cluster().isEmpty()
                                ? "; from pods and this node, to "
                                        + String.join(", ", destinations(virtual.cluster()))
                                : "")
                        + ranges,
                isLocal
                        ? "this node's own connections, and pods that reach themselves"
                        : "every source",
                destinations(virtual.external()));
    }

    private String reason(VirtualService.Verdict verdict, TrafficPolicy policy) {
        boolean isLocal = policy == TrafficPolicy.LOCAL;
        return switch (verdict) {
            case FORWARD -> isLocal ? "to the endpoints of this node" : "to the endpoints in use";
            case REJECT -> "refused: no endpoint serves";
            case DROP ->
                    isNodeKnown
                            ? "dropped: only other nodes have endpoints"
                            : "dropped: without --node-name no endpoint counts as of this node";
        };
    }

    private static List<String> destinations(List<Destination> destinations) {
        return Destination.takingNew(destinations).stream()
                .map(destination ->
                        AddressText.authority(destination.address(), destination.port())
                                + (destination.weight() == 1
                                        ? ""
                                        : " weight " + destination.weight()))
                .toList();
    }

    private static String authority(String address, VirtualService virtual) {
        return AddressText.authority(address, virtual.port());
    }
}
