package dev.penstock.controller.translate;

import dev.penstock.controller.state.EndpointSliceObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts a Service and its slices together. */
final class ServiceMapper {

    private static final Comparator<Endpoint> BY_ADDRESS =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    private ServiceMapper() {}

    /**
     * The Service with its endpoints.
     *
     * @param slices its EndpointSlices, and Endpoints objects, which count only where there is no
     *     slice: a cluster mirrors the one into the other
     */
    static Service map(ServiceObject object, List<EndpointSliceObject> slices) {
        Service service = object.service();
        Map<String, List<Endpoint>> endpoints = endpoints(slices);
        return endpoints.isEmpty() ? service : service.withEndpoints(endpoints);
    }

    private static Map<String, List<Endpoint>> endpoints(List<EndpointSliceObject> slices) {
        if (slices.isEmpty()) {
            return Map.of();
        }
        boolean modern = slices.stream().anyMatch(slice -> !slice.isLegacy());
        Map<String, SortedMap<Endpoint, Endpoint>> byPort = new HashMap<>();
        for (EndpointSliceObject slice : slices) {
            if (modern && slice.isLegacy()) {
                continue;
            }
            slice.endpoints()
                    .forEach((port, endpoints) -> {
                        SortedMap<Endpoint, Endpoint> all =
                                byPort.computeIfAbsent(port, _ -> new TreeMap<>(BY_ADDRESS));
                        endpoints.forEach(
                                endpoint -> all.merge(endpoint, endpoint, ServiceMapper::better));
                    });
        }
        Map<String, List<Endpoint>> result = new HashMap<>();
        byPort.forEach((port, all) -> result.put(port, new ArrayList<>(all.values())));
        result.replaceAll((_, all) -> List.copyOf(all));
        return result;
    }

    /**
     * Which of two entries for one address counts. An endpoint that moves between slices stands in
     * both for a moment (KEP-0752); the one that takes more traffic is used, then the first.
     */
    private static Endpoint better(Endpoint one, Endpoint other) {
        return rank(other) > rank(one) ? other : one;
    }

    private static int rank(Endpoint endpoint) {
        return (endpoint.ready() ? 4 : 0)
                + (endpoint.serving() ? 2 : 0)
                + (endpoint.terminating() ? 0 : 1);
    }
}
