package dev.penstock.e2e.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.controller.event.EventWriter;
import dev.penstock.controller.kubernetes.WatchSettings;
import dev.penstock.controller.leader.LeaderSettings;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.pool.PoolSettings;
import dev.penstock.controller.pool.PoolView;
import dev.penstock.controller.pool.PoolWriter;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.status.PublishSettings;
import dev.penstock.controller.status.StatusWriter;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.address.AddressPool;
import dev.penstock.model.service.ServiceName;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who writes into the cluster, and what, with no more rights than the examples give. */
@WithControlPlane
class ClusterWritesTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ANNOTATION = "example.com/changes";
    private static final ServiceName FRONT = new ServiceName("penstock", "penstock");

    @BeforeAll
    static void setUp(ControlPlane controlPlane) throws Exception {
        controlPlane.installExamples();
    }

    @Test
    void aLeaderThatEndsHandsOverAtOnce(ControlPlane controlPlane) throws Exception {
        try (Watching watching = watch(controlPlane);
                Leadership two = new Leadership(watching.connection(), settings("two"))) {
            try (Leadership one = start(watching, "one")) {
                await().atMost(LIMIT).until(one::isLeader);
                two.start();
                await().during(Duration.ofSeconds(1)).until(() -> !two.isLeader());
            }
            // Well before the lease runs out, after 6 s.
            await().atMost(Duration.ofSeconds(4)).until(two::isLeader);
        }
    }

    @Test
    void aLeaderThatIsCutOffIsReplacedAndKnowsIt(ControlPlane controlPlane) throws Exception {
        try (Relay relay = new Relay(controlPlane.port())) {
            relay.open();
            Path throughRelay =
                    controlPlane.kubeconfig("cut-leader", token(controlPlane), relay.port());
            try (Watching first = new Watching(throughRelay, WatchSettings.ALL);
                    Watching second = watch(controlPlane);
                    Leadership one = start(first, "one")) {
                await().atMost(LIMIT).until(one::isLeader);
                try (Leadership two = start(second, "two")) {
                    relay.cut();
                    await().atMost(LIMIT).until(two::isLeader);
                    await().atMost(LIMIT).until(() -> !one.isLeader());

                    relay.open();
                    await().during(Duration.ofSeconds(1)).until(() -> !one.isLeader());
                }
                await().atMost(LIMIT).until(one::isLeader);
            }
        }
    }

    @Test
    void theLeaderKeepsTheStatusOfOurIngresses(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(ingress("status-a") + ingress("status-b"));
        balancer(controlPlane, "192.0.2.10");
        Set<ObjectRef> ours = Set.of(new ObjectRef("Ingress", "default", "status-a"));
        PublishSettings publish = new PublishSettings.OfService(FRONT);
        try (Watching watching = watch(controlPlane).awaitSynced();
                Leadership leader = new Leadership(watching.connection(), settings("one"));
                StatusWriter writer = new StatusWriter(watching.connection(), leader, publish)) {
            writer.start();
            writer.update(watching.state(), ours);
            leader.start();
            await().atMost(LIMIT)
                    .until(() -> status(controlPlane, "status-a"), List.of("192.0.2.10")::equals);
            assertThat(status(controlPlane, "status-b")).isEmpty();

            String version = version(controlPlane, "status-a");
            writer.update(awaitStatus(watching, "192.0.2.10"), ours);
            await().during(Duration.ofSeconds(1))
                    .until(() -> version(controlPlane, "status-a").equals(version));

            balancer(controlPlane, "192.0.2.12", "192.0.2.11");
            writer.update(
                    watching.awaitState(s ->
                            requireNonNull(s.services().get(FRONT))
                                    .statusAddresses()
                                    .contains("192.0.2.11")),
                    ours);
            await().atMost(LIMIT)
                    .until(
                            () -> status(controlPlane, "status-a"),
                            List.of("192.0.2.11", "192.0.2.12")::equals);
        }
        assertThat(status(controlPlane, "status-a")).hasSize(2);
    }

    @Test
    void problemsAreSeenByKubectlDescribe(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(ingress("event"));
        Problem problem =
                new Problem(
                        new ObjectRef("Ingress", "default", "event"),
                        "spec.rules[0].http.paths[0].backend",
                        ProblemReason.ServiceNotFound,
                        "Service default/none does not exist",
                        "requests are answered 503",
                        null);
        try (Watching watching = watch(controlPlane).awaitSynced();
                Leadership leader = new Leadership(watching.connection(), settings("one"));
                EventWriter writer = new EventWriter(watching.connection(), leader)) {
            writer.start();
            writer.update(watching.state(), List.of(problem));
            leader.start();
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(describe(controlPlane, "event"))
                                    .containsPattern(
                                            "Warning +ServiceNotFound .* penstock .*"
                                                    + "paths\\[0\\].backend: Service default/none"));
        }
        // The next leader adds to the same Event.
        try (Watching watching = watch(controlPlane).awaitSynced();
                Leadership leader = new Leadership(watching.connection(), settings("two"));
                EventWriter writer = new EventWriter(watching.connection(), leader)) {
            writer.start();
            leader.start();
            await().atMost(LIMIT).until(leader::isLeader);
            writer.update(watching.state(), List.of(problem));
            await().during(Duration.ofSeconds(1))
                    .untilAsserted(() ->
                            assertThat(describe(controlPlane, "event").split("ServiceNotFound", -1))
                                    .hasSize(2));
            assertThat(writer.dropped()).isZero();
        }
    }

    /** Each write of the status is refused with a conflict while the Service changes under it. */
    @Test
    void theLeaderGivesAddressesToServicesThatOthersChangeAllTheTime(ControlPlane controlPlane)
            throws Exception {
        controlPlane.apply(balanced("busy"));
        AtomicBoolean isGiven = new AtomicBoolean();
        Path kubeconfig =
                controlPlane.kubeconfig(
                        "penstock-node",
                        controlPlane.token("penstock", "penstock-node"),
                        controlPlane.port());
        WatchSettings services = new WatchSettings(Set.of(), "", true, Set.of());
        PoolView view = new PoolView(new PoolSettings(AddressPool.parse("192.0.2.64/28"), false));
        try (ExecutorService other = Executors.newSingleThreadExecutor();
                Watching watching = new Watching(kubeconfig, services).awaitSynced();
                Leadership leader = new Leadership(watching.connection(), settings("one"));
                PoolWriter writer = new PoolWriter(watching.connection(), leader)) {
            Future<Integer> changes = other.submit(() -> annotate(controlPlane, "busy", isGiven));
            try {
                writer.start();
                leader.start();
                await().atMost(LIMIT.multipliedBy(2))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> {
                            ClusterState state = watching.state();
                            writer.update(state, view.update(state));
                            return !balancerAddresses(controlPlane, "busy").isEmpty();
                        });
            } finally {
                isGiven.set(true);
            }
            assertThat(balancerAddresses(controlPlane, "busy"))
                    .singleElement()
                    .satisfies(address -> assertThat(address).startsWith("192.0.2."));
            int last = changes.get();
            assertThat(annotation(controlPlane, "busy")).isEqualTo(String.valueOf(last));
        }
    }

    /** Returns how many times it did. */
    private static int annotate(ControlPlane controlPlane, String name, AtomicBoolean isEnough) {
        int times = 0;
        while (!isEnough.get()) {
            String value = String.valueOf(++times);
            service(controlPlane, name)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}"
                                    .formatted(ANNOTATION, value));
        }
        return times;
    }

    private static String annotation(ControlPlane controlPlane, String name) {
        return requireNonNull(
                service(controlPlane, name).get().getMetadata().getAnnotations().get(ANNOTATION));
    }

    private static List<String> balancerAddresses(ControlPlane controlPlane, String name) {
        return service(controlPlane, name).get().getStatus().getLoadBalancer().getIngress().stream()
                .map(LoadBalancerIngress::getIp)
                .toList();
    }

    private static Resource<Service> service(ControlPlane controlPlane, String name) {
        return controlPlane.admin().services().inNamespace("default").withName(name);
    }

    private static String balanced(String name) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: default}
        spec:
          type: LoadBalancer
          loadBalancerClass: penstock.dev/load-balancer
          ports: [{port: 80}]
        """
                .formatted(name);
    }

    private static ClusterState awaitStatus(Watching watching, String address) {
        ObjectRef ref = new ObjectRef("Ingress", "default", "status-a");
        return watching.awaitState(state ->
                requireNonNull(state.ingresses().get(ref)).statusAddresses().contains(address));
    }

    private static Watching watch(ControlPlane controlPlane) throws Exception {
        return new Watching(
                controlPlane.kubeconfig("penstock", token(controlPlane), controlPlane.port()),
                WatchSettings.ALL);
    }

    private static String token(ControlPlane controlPlane)
            throws IOException, InterruptedException {
        return controlPlane.token("penstock", "penstock");
    }

    private static Leadership start(Watching watching, String identity) {
        Leadership leadership = new Leadership(watching.connection(), settings(identity));
        leadership.start();
        return leadership;
    }

    private static LeaderSettings settings(String identity) {
        return new LeaderSettings(
                "penstock",
                LeaderSettings.DEFAULT_LEASE,
                identity,
                Duration.ofSeconds(6),
                Duration.ofSeconds(4),
                Duration.ofSeconds(1));
    }

    private static void balancer(ControlPlane controlPlane, String... ips) {
        List<LoadBalancerIngress> addresses =
                Stream.of(ips)
                        .map(ip -> new LoadBalancerIngressBuilder().withIp(ip).build())
                        .toList();
        controlPlane
                .admin()
                .services()
                .inNamespace(FRONT.namespace())
                .withName(FRONT.name())
                .editStatus(service -> {
                    service.getStatus().setLoadBalancer(new LoadBalancerStatus(addresses));
                    return service;
                });
    }

    private static List<String> status(ControlPlane controlPlane, String name) {
        return controlPlane
                .admin()
                .network()
                .v1()
                .ingresses()
                .inNamespace("default")
                .withName(name)
                .get()
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .stream()
                .map(IngressLoadBalancerIngress::getIp)
                .toList();
    }

    private static String version(ControlPlane controlPlane, String name) {
        return controlPlane
                .admin()
                .network()
                .v1()
                .ingresses()
                .inNamespace("default")
                .withName(name)
                .get()
                .getMetadata()
                .getResourceVersion();
    }

    private static String describe(ControlPlane controlPlane, String name)
            throws IOException, InterruptedException {
        return controlPlane.kubectl("describe", "ingress", name);
    }

    private static String ingress(String name) {
        return """
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %1$s, namespace: default}
        spec:
          ingressClassName: penstock
          rules:
          - host: %1$s.example.com
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: none, port: {number: 80}}}}]}
        """
                .formatted(name);
    }
}
