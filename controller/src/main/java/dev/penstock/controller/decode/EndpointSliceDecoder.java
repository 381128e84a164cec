package dev.penstock.controller.decode;

import dev.penstock.controller.state.EndpointSliceObject;
import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an EndpointSlice (discovery.k8s.io/v1). */
final class EndpointSliceDecoder {

    private static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private static final String ADDRESS_LEFT_OUT = "the address is left out";

    private EndpointSliceDecoder() {}

    static EndpointSliceObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        ServiceName service = service(root, meta);
        TreeField addressType = root.get("addressType");
        Map<String, List<Endpoint>> endpoints = Map.of();
        switch (addressType.textOr("")) {
            case "IPv4" -> endpoints = endpoints(root, IpFamily.IPV4);
            case "IPv6" -> endpoints = endpoints(root, IpFamily.IPV6);
            case "FQDN" ->
                    addressType.reject(
                            "FQDN is not supported (expected: IPv4 or IPv6)",
                            "the slice's endpoints are left out");
            default -> {
                addressType.reject("is not set to IPv4 or IPv6", "it is taken from the addresses");
                endpoints = endpoints(root, null);
            }
        }
        return new EndpointSliceObject(meta, service, endpoints, findings);
    }

    private static @Nullable ServiceName service(TreeField root, ObjectMeta meta) {
        TreeField label = root.get("metadata").get("labels").get(SERVICE_LABEL);
        String name = label.text();
        if (name == null) {
            // In a cluster other programs may well have slices of their own.
            if (meta.location() != null) {
                label.reject("is missing", "the slice belongs to no Service");
            }
            return null;
        }
        return new ServiceName(meta.ref().namespace(), name);
    }

    /**
     * Reads the endpoints by port name.
     *
     * @param family that of the slice's addresses; null where it does not say
     */
    private static Map<String, List<Endpoint>> endpoints(
            TreeField root, @Nullable IpFamily family) {
        List<Target> targets = new ArrayList<>();
        for (TreeField field : root.get("endpoints").items()) {
            addTargets(targets, field, family);
        }
        Map<String, List<Endpoint>> byPort = new HashMap<>();
        for (TreeField field : root.get("ports").items()) {
            int port = field.get("port").port("the port is left out");
            if (port != 0) {
                List<Endpoint> endpoints = new ArrayList<>(targets.size());
                targets.forEach(target -> endpoints.add(target.at(port)));
                byPort.merge(field.get("name").textOr(""), endpoints, EndpointSliceDecoder::concat);
            }
        }
        byPort.replaceAll((_, endpoints) -> List.copyOf(endpoints));
        return byPort;
    }

    private static List<Endpoint> concat(List<Endpoint> a, List<Endpoint> b) {
        List<Endpoint> both = new ArrayList<>(a);
        both.addAll(b);
        return both;
    }

    private static void addTargets(
            List<Target> targets, TreeField field, @Nullable IpFamily family) {
        if (!field.isMap()) {
            return;
        }
        TreeField conditions = field.get("conditions");
        // EndpointConditions: unknown ready counts as ready, unknown serving as ready's value.
        boolean ready = conditions.get("ready").flagOr(true);
        boolean serving = conditions.get("serving").flagOr(ready);
        boolean terminating = conditions.get("terminating").flagOr(false);
        String node = field.get("nodeName").text();
        String zone = field.get("zone").text();
        Endpoint.Hints hints = hints(field.get("hints"));
        String pod = pod(field.get("targetRef"));
        for (TreeField addressField : field.get("addresses").items()) {
            String address = address(addressField, family);
            if (address != null) {
                targets.add(
                        new Target(address, ready, serving, terminating, node, zone, hints, pod));
            }
        }
    }

    /** An address in canonical form; null when there is none or it is wrong, which is reported. */
    private static @Nullable String address(TreeField field, @Nullable IpFamily family) {
        String text = field.text();
        String address = text == null ? null : AddressText.canonical(text);
        if (text != null && address == null) {
            field.reject(Quoted.shortened(text) + " is no IP address", ADDRESS_LEFT_OUT);
        } else if (address != null && family != null && IpFamily.of(address) != family) {
            field.reject(
                    address + " is not of the slice's addressType " + apiName(family),
                    ADDRESS_LEFT_OUT);
            return null;
        }
        return address;
    }

    private static String apiName(IpFamily family) {
        return switch (family) {
            case IPV4 -> "IPv4";
            case IPV6 -> "IPv6";
        };
    }

    private static Endpoint.Hints hints(TreeField field) {
        if (!field.isPresent()) {
            return Endpoint.Hints.NONE;
        }
        List<String> zones = names(field.get("forZones"));
        List<String> nodes = names(field.get("forNodes"));
        return zones.isEmpty() && nodes.isEmpty()
                ? Endpoint.Hints.NONE
                : new Endpoint.Hints(zones, nodes);
    }

    private static List<String> names(TreeField list) {
        List<String> names = new ArrayList<>();
        for (TreeField field : list.items()) {
            String name = field.get("name").text();
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }

    /** The pod behind an endpoint, as namespace/name; null for anything but a pod. */
    static @Nullable String pod(TreeField targetRef) {
        if (!targetRef.isPresent() || !targetRef.get("kind").textOr("").equals("Pod")) {
            return null;
        }
        String name = targetRef.get("name").text();
        return name == null ? null : targetRef.get("namespace").textOr("") + "/" + name;
    }

    /** An endpoint without its port. */
    private record Target(
            String address,
            boolean ready,
            boolean serving,
            boolean terminating,
            @Nullable String node,
            @Nullable String zone,
            Endpoint.Hints hints,
            @Nullable String pod) {

        Endpoint at(int port) {
            return new Endpoint(address, port, ready, serving, terminating, node, zone, hints, pod);
        }
    }
}
