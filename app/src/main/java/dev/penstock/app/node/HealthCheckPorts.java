package dev.penstock.app.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.penstock.app.admin.AdminAnswer;
import dev.penstock.app.admin.AdminServer;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ports by which a cloud's load balancer learns whether a node has endpoints of a Service with
 * {@code externalTrafficPolicy: Local}: {@code spec.healthCheckNodePort}. Only ready endpoints of
 * this node count, so that a node from which the last one is about to go is given no new
 * connections, while those that still come are served by it (KEP-1669). They are open where node
 * ports are served.
 *
 * <p>One thread; answers are given by others.
 */
final class HealthCheckPorts implements AutoCloseable {

    /** By which a cloud may give each node its share of connections, as kube-proxy has it. */
    private static final String WEIGHT_HEADER = "X-Load-Balancing-Endpoint-Weight";

    private static final InetAddress ANY = new InetSocketAddress(0).getAddress();
    private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

    private final @Nullable String nodeName;
    private final BooleanSupplier isHealthy;

    /** What each open port answers; read by the threads that answer. */
    private final Map<Integer, Check> answers = new ConcurrentHashMap<>();

    private final Map<Integer, Map<InetAddress, AdminServer>> servers = new HashMap<>();
    private final Map<ServiceName, Check> checks = new HashMap<>();

    /** Who wants a port, the one that has it first. */
    private final SortedMap<Integer, List<ServiceName>> claims = new TreeMap<>();

    /** Why ports could not be opened; they are tried again with each update. */
    private final Map<Integer, String> failures = new HashMap<>();

    private final Set<Integer> shared = new TreeSet<>();
    private Services last = Services.EMPTY;
    private Set<InetAddress> addresses = Set.of();
    private List<Problem> problems = List.of();

    /** What a Service's port says. */
    private record Check(ServiceName service, int port, int localEndpoints) {

        /** That of a Service; null where it asks for none. */
        static @Nullable Check of(Service service, @Nullable String nodeName) {
            int port = service.nodeTraffic().healthCheckNodePort();
            boolean isWanted =
                    port > 0
                            && port <= 65535
                            && service.type() == ServiceType.LOAD_BALANCER
                            && service.nodeTraffic().externalTrafficPolicy() == TrafficPolicy.LOCAL
                            && !service.nodeTraffic().delegated();
            if (!isWanted) {
                return null;
            }
            // A pod of a dual-stack Service has an address in each family and counts once.
            Map<IpFamily, Set<String>> local = new EnumMap<>(IpFamily.class);
            for (List<Endpoint> endpoints : service.endpoints().values()) {
                for (Endpoint endpoint : endpoints) {
                    if (endpoint.ready()
                            && nodeName != null
                            && nodeName.equals(endpoint.nodeName())) {
                        local.computeIfAbsent(IpFamily.of(endpoint.address()), _ -> new HashSet<>())
                                .add(endpoint.address());
                    }
                }
            }
            int count = local.values().stream().mapToInt(Set::size).max().orElse(0);
            return new Check(service.name(), port, count);
        }
    }

    /**
     * Opens no port yet.
     *
     * @param nodeName this node's name; null where unknown: then no endpoint is local
     * @param isHealthy whether this node's rules are up to date
     */
    HealthCheckPorts(@Nullable String nodeName, BooleanSupplier isHealthy) {
        this.nodeName = nodeName;
        this.isHealthy = requireNonNull(isHealthy, "isHealthy");
    }

    /**
     * Opens and closes ports, and changes answers; costs what changed.
     *
     * @param node says where node ports are served
     */
    void update(Services services, NodeFacts node) {
        Set<Integer> affected = new TreeSet<>(failures.keySet());
        Set<InetAddress> served = addresses(node);
        if (!served.equals(addresses)) {
            addresses = served;
            affected.addAll(claims.keySet());
        }
        // Sorted, so that of two that come at once the first by name has what both claim.
        for (ServiceName name : new TreeSet<>(services.byName().keysChangedSince(last.byName()))) {
            Service service = services.byName().get(name);
            replace(name, service == null ? null : Check.of(service, nodeName), affected);
        }
        last = services;
        affected.forEach(this::settle);
        if (!affected.isEmpty()) {
            problems = findProblems();
        }
    }

    /** Where to listen: everywhere, or on those of the node's addresses that have node ports. */
    private static Set<InetAddress> addresses(NodeFacts node) {
        if (node.nodePortCidrs().isEmpty()) {
            return Set.of(ANY);
        }
        return Stream.concat(LOOPBACK.stream(), node.addresses().stream())
                .map(InetAddress::ofLiteral)
                .filter(address ->
                        node.nodePortCidrs().stream().anyMatch(cidr -> cidr.contains(address)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private void replace(ServiceName name, @Nullable Check check, Set<Integer> affected) {
        Check before = check == null ? checks.remove(name) : checks.put(name, check);
        if (before != null) {
            affected.add(before.port);
            if (check == null || check.port != before.port) {
                List<ServiceName> names = claims.getOrDefault(before.port, List.of());
                names.remove(name);
                if (names.isEmpty()) {
                    claims.remove(before.port);
                }
                before = null;
            }
        }
        if (check != null) {
            affected.add(check.port);
            if (before == null) {
                claims.computeIfAbsent(check.port, _ -> new ArrayList<>()).add(name);
            }
        }
    }

    /** Makes a port answer for its first claimant, or closes it. */
    private void settle(int port) {
        List<ServiceName> names = claims.get(port);
        failures.remove(port);
        if (names == null) {
            shared.remove(port);
            answers.remove(port);
            listen(port, Set.of());
            return;
        }
        if (names.size() > 1) {
            shared.add(port);
        } else {
            shared.remove(port);
        }
        answers.put(port, requireNonNull(checks.get(names.getFirst()), "check"));
        listen(port, addresses);
    }

    /** Opens a port on addresses, and closes it on all others. */
    private void listen(int port, Set<InetAddress> wanted) {
        Map<InetAddress, AdminServer> open = servers.computeIfAbsent(port, _ -> new HashMap<>());
        // Everywhere and on one address at once is not possible: what goes makes room first.
        for (InetAddress address : List.copyOf(open.keySet())) {
            if (!wanted.contains(address)) {
                requireNonNull(open.remove(address), "server").close();
            }
        }
        for (InetAddress address : wanted) {
            if (!open.containsKey(address)) {
                try {
                    InetSocketAddress socket = new InetSocketAddress(address, port);
                    open.put(address, AdminServer.startEverywhere(socket, _ -> answer(port)));
                } catch (IOException e) {
                    String where = address.equals(ANY) ? "" : AddressText.of(address) + ": ";
                    failures.put(port, where + e.getMessage());
                }
            }
        }
        if (open.isEmpty()) {
            servers.remove(port);
        }
    }

    /** As kube-proxy writes it. Names of objects need no escapes in JSON. */
    private AdminAnswer answer(int port) {
        Check check = answers.get(port);
        if (check == null) {
            return AdminAnswer.text(503, "no Service has this port any more");
        }
        boolean healthy = isHealthy.getAsBoolean();
        String json =
                """
                {"service":{"namespace":"%s","name":"%s"},"localEndpoints":%d,\
                "serviceProxyHealthy":%s}
                """
                        .formatted(
                                check.service.namespace(),
                                check.service.name(),
                                check.localEndpoints,
                                healthy);
        return AdminAnswer.json(
                        healthy && check.localEndpoints > 0 ? 200 : 503, json.getBytes(UTF_8))
                .with(WEIGHT_HEADER, Integer.toString(check.localEndpoints));
    }

    /** What is wrong with the ports now, sorted by port; the same instance until that changes. */
    List<Problem> problems() {
        return problems;
    }

    private List<Problem> findProblems() {
        List<Problem> found = new ArrayList<>();
        for (int port : shared) {
            List<ServiceName> names = claims.getOrDefault(port, List.of());
            for (ServiceName name : names.subList(1, names.size())) {
                found.add(problem(name, port, "that of " + names.getFirst() + " already"));
            }
        }
        for (int port : new TreeSet<>(failures.keySet())) {
            ServiceName name = claims.getOrDefault(port, List.of()).getFirst();
            found.add(problem(name, port, "not free on this node: " + failures.get(port)));
        }
        return found.equals(problems) ? problems : List.copyOf(found);
    }

    private static Problem problem(ServiceName name, int port, String reason) {
        return new Problem(
                new ObjectRef("Service", name.namespace(), name.name()),
                "spec.healthCheckNodePort",
                ProblemReason.Conflict,
                "port " + port + " is " + reason,
                "health checks of the Service are not answered here",
                null);
    }

    /** Closes all ports. */
    @Override
    public void close() {
        servers.values().forEach(open -> open.values().forEach(AdminServer::close));
        servers.clear();
        answers.clear();
    }
}
