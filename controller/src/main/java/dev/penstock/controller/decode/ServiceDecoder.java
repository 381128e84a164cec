package dev.penstock.controller.decode;

import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.LoadBalancerSpec;
import dev.penstock.controller.state.LoadBalancerSpec.FamilyPolicy;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.SessionAffinity;
import dev.penstock.model.service.TrafficPolicy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a Service (v1). */
final class ServiceDecoder {

    private static final String PORT_LEFT_OUT = "the port is left out";
    private static final int AFFINITY_SECONDS_MAX = 86_400;

    private ServiceDecoder() {}

    static ServiceObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        TreeField spec = root.get("spec");
        spec.isMap();
        ServiceType type = type(spec.get("type"));
        reportEmptySelector(spec.get("selector"));
        Service service =
                new Service(
                        new ServiceName(meta.ref().namespace(), meta.ref().name()),
                        type,
                        clusterIps(spec),
                        ports(spec.get("ports")),
                        affinity(spec),
                        type == ServiceType.EXTERNAL_NAME ? externalName(spec) : null,
                        nodeTraffic(root, spec),
                        Map.of(),
                        ourAnnotations(meta),
                        meta.created());
        return new ServiceObject(
                meta,
                service,
                LoadBalancerStatus.addresses(root),
                type == ServiceType.LOAD_BALANCER ? balancer(spec) : LoadBalancerSpec.NONE,
                findings);
    }

    private static LoadBalancerSpec balancer(TreeField spec) {
        LoadBalancerSpec said =
                new LoadBalancerSpec(
                        spec.get("loadBalancerClass").textOr(""),
                        spec.get("loadBalancerIP").textOr(""),
                        families(spec.get("ipFamilies")),
                        familyPolicy(spec.get("ipFamilyPolicy")));
        return said.equals(LoadBalancerSpec.NONE) ? LoadBalancerSpec.NONE : said;
    }

    private static List<IpFamily> families(TreeField list) {
        List<IpFamily> families = new ArrayList<>(2);
        for (TreeField field : list.items()) {
            IpFamily family =
                    switch (field.textOr("")) {
                        case "IPv4" -> IpFamily.IPV4;
                        case "IPv6" -> IpFamily.IPV6;
                        default -> null;
                    };
            if (family == null || families.contains(family)) {
                field.reject(
                        Quoted.shortened(field.textOr(""))
                                + " is no further IP family (expected: IPv4 or IPv6, each once)",
                        "it is left out");
            } else {
                families.add(family);
            }
        }
        return families;
    }

    private static FamilyPolicy familyPolicy(TreeField field) {
        return switch (field.textOr("SingleStack")) {
            case "SingleStack" -> FamilyPolicy.SINGLE_STACK;
            case "PreferDualStack" -> FamilyPolicy.PREFER_DUAL_STACK;
            case "RequireDualStack" -> FamilyPolicy.REQUIRE_DUAL_STACK;
            default -> {
                field.reject(
                        Quoted.shortened(field.textOr(""))
                                + " is no family policy (expected: SingleStack, PreferDualStack or"
                                + " RequireDualStack)",
                        "it is taken as SingleStack");
                yield FamilyPolicy.SINGLE_STACK;
            }
        };
    }

    /**
     * A Service without a selector has endpoints that somebody else writes, and that is all right.
     * One that is there and empty looks like a mistake; the API server keeps none such.
     */
    private static void reportEmptySelector(TreeField selector) {
        if (selector.raw() instanceof Map<?, ?> labels && labels.isEmpty()) {
            selector.reject(
                    "is empty and selects no pods",
                    "the Service has the endpoints of slices written by hand, and no others");
        }
    }

    private static ServiceType type(TreeField field) {
        String name = field.text();
        if (name == null) {
            return ServiceType.CLUSTER_IP;
        }
        for (ServiceType type : ServiceType.values()) {
            if (type.apiName().equals(name)) {
                return type;
            }
        }
        field.reject(
                Quoted.shortened(name)
                        + " is no Service type (expected: ClusterIP, NodePort, LoadBalancer or"
                        + " ExternalName)",
                "it is taken as ClusterIP");
        return ServiceType.CLUSTER_IP;
    }

    private static List<String> clusterIps(TreeField spec) {
        TreeField list = spec.get("clusterIPs");
        List<TreeField> fields = list.isPresent() ? list.items() : List.of(spec.get("clusterIP"));
        List<String> addresses = new ArrayList<>(fields.size());
        for (TreeField field : fields) {
            String text = field.text();
            if (text != null && !text.equals("None")) {
                addAddress(addresses, field, text);
            }
        }
        return addresses;
    }

    /** Addresses that are not special: the API server takes no others, a manifest says anything. */
    private static List<String> externalAddresses(TreeField list) {
        List<String> addresses = new ArrayList<>();
        for (TreeField field : list.items()) {
            String text = field.text();
            if (text == null) {
                continue;
            }
            String kind = specialKind(text);
            if (kind == null) {
                addAddress(addresses, field, text);
            } else {
                field.reject(
                        Quoted.shortened(text) + " is " + kind + " address",
                        "the address is left out");
            }
        }
        return addresses;
    }

    /** What kind of special address a text is; null if it is none, or no address. */
    private static @Nullable String specialKind(String text) {
        InetAddress address = AddressText.parse(text);
        if (address == null) {
            return null;
        }
        if (address.isAnyLocalAddress()) {
            return "an unspecified";
        }
        if (address.isLoopbackAddress()) {
            return "a loopback";
        }
        if (address.isLinkLocalAddress()) {
            return "a link-local";
        }
        return address.isMulticastAddress() ? "a multicast" : null;
    }

    private static void addAddress(List<String> addresses, TreeField field, String text) {
        String canonical = AddressText.canonical(text);
        if (canonical == null) {
            field.reject(Quoted.shortened(text) + " is no IP address", "the address is left out");
        } else {
            addresses.add(canonical);
        }
    }

    private static List<ServicePort> ports(TreeField list) {
        List<TreeField> fields = list.items();
        List<ServicePort> ports = new ArrayList<>(fields.size());
        for (TreeField field : fields) {
            ServicePort port = port(field, fields.size() > 1);
            if (port != null && isNew(port, ports, field)) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static boolean isNew(ServicePort port, List<ServicePort> before, TreeField field) {
        for (ServicePort other : before) {
            if (other.name().equals(port.name())) {
                field.get("name").reject("is the name of an earlier port too", PORT_LEFT_OUT);
                return false;
            }
            if (other.port() == port.port() && other.protocol() == port.protocol()) {
                field.get("port")
                        .reject(
                                port.protocol()
                                        + " "
                                        + port.port()
                                        + " is an earlier port's too (expected: each number and"
                                        + " protocol once)",
                                PORT_LEFT_OUT);
                return false;
            }
        }
        return true;
    }

    private static @Nullable ServicePort port(TreeField field, boolean oneOfMany) {
        if (!field.isMap(PORT_LEFT_OUT)) {
            return null;
        }
        TreeField number = field.get("port");
        int port = number.port(PORT_LEFT_OUT);
        if (port == 0) {
            if (!number.isPresent()) {
                number.reject("is missing", PORT_LEFT_OUT);
            }
            return null;
        }
        String name = field.get("name").textOr("");
        if (name.isEmpty() && oneOfMany) {
            field.get("name")
                    .reject(
                            "is missing, which the Kubernetes API refuses for one of several ports",
                            "the port has no name");
        }
        Protocol protocol = protocol(field.get("protocol"), PORT_LEFT_OUT);
        return protocol == null
                ? null
                : new ServicePort(
                        name,
                        protocol,
                        port,
                        targetPort(field.get("targetPort")),
                        field.get("nodePort").isPresent() ? nodePort(field.get("nodePort")) : 0,
                        field.get("appProtocol").textOr(""));
    }

    private static int nodePort(TreeField field) {
        // 0 asks the API server to choose one.
        return Integer.valueOf(0).equals(field.raw()) ? 0 : field.port("the node port is left out");
    }

    private static String targetPort(TreeField field) {
        if (field.raw() instanceof String) {
            return field.textOr("");
        }
        int port =
                Integer.valueOf(0).equals(field.raw())
                        ? 0
                        : field.port("it is taken as the same as port");
        return port == 0 ? "" : Integer.toString(port);
    }

    /** A protocol; null when it is wrong, which has been reported. */
    static @Nullable Protocol protocol(TreeField field, String consequence) {
        return switch (field.textOr("TCP")) {
            case "TCP" -> Protocol.TCP;
            case "UDP" -> Protocol.UDP;
            case "SCTP" -> Protocol.SCTP;
            default -> {
                field.reject(
                        Quoted.shortened(field.textOr(""))
                                + " is no protocol (expected: TCP, UDP or SCTP)",
                        consequence);
                yield null;
            }
        };
    }

    private static @Nullable SessionAffinity affinity(TreeField spec) {
        TreeField field = spec.get("sessionAffinity");
        return switch (field.textOr("None")) {
            case "None" -> null;
            case "ClientIP" -> new SessionAffinity(affinityTimeout(spec));
            default -> {
                field.reject(
                        Quoted.shortened(field.textOr(""))
                                + " is no session affinity (expected: None or ClientIP)",
                        "it is taken as None");
                yield null;
            }
        };
    }

    private static Duration affinityTimeout(TreeField spec) {
        TreeField config = spec.get("sessionAffinityConfig");
        TreeField field = config.get("clientIP").get("timeoutSeconds");
        if (!config.isPresent() || !field.isPresent()) {
            return SessionAffinity.DEFAULT_TIMEOUT;
        }
        int seconds = field.integerOr(0);
        if (seconds < 1 || seconds > AFFINITY_SECONDS_MAX) {
            field.reject(
                    seconds + " is no timeout (expected: 1-" + AFFINITY_SECONDS_MAX + ")",
                    "the default of 10800 is used");
            return SessionAffinity.DEFAULT_TIMEOUT;
        }
        return Duration.ofSeconds(seconds);
    }

    private static @Nullable String externalName(TreeField spec) {
        TreeField field = spec.get("externalName");
        String name = field.text();
        if (name == null) {
            field.reject("is missing", "the Service has no endpoint");
        }
        return name;
    }

    private static NodeTraffic nodeTraffic(TreeField root, TreeField spec) {
        NodeTraffic traffic =
                new NodeTraffic(
                        externalAddresses(spec.get("externalIPs")),
                        LoadBalancerStatus.virtualIps(root),
                        spec.get("loadBalancerSourceRanges").texts(),
                        policy(spec.get("internalTrafficPolicy")),
                        policy(spec.get("externalTrafficPolicy")),
                        nodePort(spec.get("healthCheckNodePort")),
                        isDelegated(root));
        return traffic.equals(NodeTraffic.DEFAULT) ? NodeTraffic.DEFAULT : traffic;
    }

    private static boolean isDelegated(TreeField root) {
        TreeField labels = root.get("metadata").get("labels");
        return labels.get("service.kubernetes.io/service-proxy-name").isPresent()
                || labels.get("service.kubernetes.io/headless").isPresent();
    }

    private static TrafficPolicy policy(TreeField field) {
        return switch (field.textOr("Cluster")) {
            case "Cluster" -> TrafficPolicy.CLUSTER;
            case "Local" -> TrafficPolicy.LOCAL;
            default -> {
                field.reject(
                        Quoted.shortened(field.textOr(""))
                                + " is no traffic policy (expected: Cluster or Local)",
                        "it is taken as Cluster");
                yield TrafficPolicy.CLUSTER;
            }
        };
    }

    private static Map<String, String> ourAnnotations(ObjectMeta meta) {
        if (meta.annotations().isEmpty()) {
            return Map.of();
        }
        Map<String, String> ours = new HashMap<>();
        meta.annotations()
                .forEach((name, value) -> {
                    if (name.startsWith(MetaDecoder.OUR_PREFIX)) {
                        ours.put(name.substring(MetaDecoder.OUR_PREFIX.length()), value);
                    }
                });
        return ours;
    }
}
