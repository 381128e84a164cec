package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.controller.kubernetes.WatchSettings;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.service.ServiceName;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real API server holds, and every change of it, becomes a state. */
@WithControlPlane
class KubernetesSourceTest {

    private static final String NAMESPACE = "source";
    private static final WatchSettings HERE =
            new WatchSettings(Set.of(NAMESPACE), "", false, Set.of());

    @BeforeAll
    static void setUp(ControlPlane controlPlane) {
        controlPlane.apply(
                """
                apiVersion: v1
                kind: Namespace
                metadata: {name: source}
                ---
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: source}
                spec: {controller: penstock.dev/ingress-controller}
                """
                        + service("web")
                        + slice("web", "10.244.0.7")
                        + ingress("web", "web.example.com", "web-tls")
                        + secret("web-tls", "chain-1"));
    }

    @Test
    void allKindsAreRead(ControlPlane controlPlane) throws Exception {
        try (Watching watching = watch(controlPlane, WatchSettings.ALL).awaitSynced()) {
            ClusterState state = watching.state();

            assertThat(state.ingressClasses()).containsKey("source");
            IngressObject ingress = requireNonNull(state.ingresses().get(ref("Ingress", "web")));
            assertThat(ingress.rules())
                    .singleElement()
                    .satisfies(rule -> assertThat(rule.host()).hasToString("web.example.com"));
            assertThat(ingress.meta().created()).isNotNull();
            assertThat(ingress.meta().uid()).isNotEmpty();
            assertThat(state.services()).containsKey(new ServiceName(NAMESPACE, "web"));
            assertThat(state.slicesByService().get(new ServiceName(NAMESPACE, "web")))
                    .singleElement()
                    .satisfies(slice ->
                            assertThat(slice.endpoints().toString()).contains("10.244.0.7"));
            assertThat(chain(state, "web-tls")).isEqualTo("chain-1");
        }
    }

    @Test
    void changesAndDeletionsArrive(ControlPlane controlPlane) throws Exception {
        try (Watching watching = watch(controlPlane, HERE).awaitSynced()) {
            controlPlane.apply(slice("web", "10.244.0.8"));
            watching.awaitState(state -> state.slices().values().toString().contains("10.244.0.8"));

            controlPlane.apply(service("passing"));
            watching.awaitState(
                    state -> state.services().containsKey(new ServiceName(NAMESPACE, "passing")));

            controlPlane.admin().services().inNamespace(NAMESPACE).withName("passing").delete();
            watching.awaitState(
                    state -> !state.services().containsKey(new ServiceName(NAMESPACE, "passing")));
        }
    }

    @Test
    void secretsAreKeptOnlyWhileAnIngressNamesThem(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(secret("spare-tls", "spare-1"));
        try (Watching watching = watch(controlPlane, HERE).awaitSynced()) {
            assertThat(watching.state().secrets()).doesNotContainKey(ref("Secret", "spare-tls"));

            controlPlane.apply(ingress("spare", "spare.example.com", "spare-tls"));
            ClusterState state =
                    watching.awaitState(s -> s.ingresses().containsKey(ref("Ingress", "spare")));
            // They come together: no moment without the certificate.
            assertThat(chain(state, "spare-tls")).isEqualTo("spare-1");

            controlPlane.apply(secret("spare-tls", "spare-2"));
            watching.awaitState(s -> "spare-2".equals(chain(s, "spare-tls")));

            controlPlane
                    .admin()
                    .network()
                    .v1()
                    .ingresses()
                    .inNamespace(NAMESPACE)
                    .withName("spare")
                    .delete();
            watching.awaitState(s -> !s.secrets().containsKey(ref("Secret", "spare-tls")));
        }
    }

    @Test
    void aLabelSelectorLimitsIngresses(ControlPlane controlPlane) throws Exception {
        WatchSettings selective =
                new WatchSettings(Set.of(NAMESPACE), "team=none", false, Set.of());
        try (Watching watching = watch(controlPlane, selective).awaitSynced()) {
            assertThat(watching.state().ingresses()).isEmpty();
            assertThat(watching.state().services()).isNotEmpty();
        }
    }

    @Test
    void anApiServerThatIsAwayAtTheStartIsWaitedFor(ControlPlane controlPlane) throws Exception {
        try (Relay relay = new Relay(controlPlane.port());
                Watching watching =
                        new Watching(
                                controlPlane.kubeconfig(
                                        "late", controlPlane.adminToken(), relay.port()),
                                HERE)) {
            await().pollDelay(Duration.ofSeconds(2)).until(() -> !watching.isSynced());

            relay.open();

            watching.awaitSynced();
            assertThat(watching.state().ingresses()).isNotEmpty();
        }
    }

    @Test
    void whatHappenedDuringAnOutageIsCaughtUpWith(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(service("gone-meanwhile"));
        try (Relay relay = new Relay(controlPlane.port())) {
            relay.open();
            try (Watching watching =
                    new Watching(
                                    controlPlane.kubeconfig(
                                            "cut", controlPlane.adminToken(), relay.port()),
                                    HERE)
                            .awaitSynced()) {
                relay.cut();
                controlPlane
                        .admin()
                        .services()
                        .inNamespace(NAMESPACE)
                        .withName("gone-meanwhile")
                        .delete();
                controlPlane.apply(service("new-meanwhile"));
                // A new watch cache: what the watches knew last is too old for it (410 Gone).
                controlPlane.killApiServer();
                controlPlane.startApiServer();
                assertThat(watching.state().services())
                        .containsKey(new ServiceName(NAMESPACE, "gone-meanwhile"));

                relay.open();

                watching.awaitState(state ->
                        state.services().containsKey(new ServiceName(NAMESPACE, "new-meanwhile"))
                                && !state.services()
                                        .containsKey(new ServiceName(NAMESPACE, "gone-meanwhile")));
            }
        }
    }

    @Test
    void withoutRightsOnIngressClassesTheRestIsRead(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: narrow, namespace: source}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: narrow, namespace: source}
                rules:
                - {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [list, watch]}
                - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
                - {apiGroups: [""], resources: [services, secrets], verbs: [get, list, watch]}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: narrow, namespace: source}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: narrow}
                subjects: [{kind: ServiceAccount, name: narrow, namespace: source}]
                """);
        String token = controlPlane.token(NAMESPACE, "narrow");

        try (Watching watching =
                new Watching(controlPlane.kubeconfig("narrow", token, controlPlane.port()), HERE)
                        .awaitSynced()) {
            assertThat(watching.state().ingressClasses()).isEmpty();
            assertThat(watching.state().ingresses()).isNotEmpty();
        }
    }

    private static Watching watch(ControlPlane controlPlane, WatchSettings settings)
            throws Exception {
        return new Watching(controlPlane.adminKubeconfig(), settings);
    }

    private static ObjectRef ref(String kind, String name) {
        return new ObjectRef(kind, NAMESPACE, name);
    }

    /** The Secret's chain; empty where there is none. */
    private static String chain(ClusterState state, String name) {
        SecretObject secret = state.secret(NAMESPACE, name);
        byte[] chain = secret == null ? null : secret.chainPem();
        return chain == null ? "" : new String(chain, US_ASCII);
    }

    private static String service(String name) {
        return """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: source}
        spec: {ports: [{name: http, port: 80}]}
        """
                .formatted(name);
    }

    private static String slice(String service, String address) {
        return """
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, namespace: source, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: http, port: 8080}]
        endpoints: [{addresses: [%2$s], conditions: {ready: true}}]
        """
                .formatted(service, address);
    }

    private static String ingress(String name, String host, String secret) {
        return """
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %1$s, namespace: source}
        spec:
          ingressClassName: source
          tls: [{hosts: [%2$s], secretName: %3$s}]
          rules:
          - host: %2$s
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}
        """
                .formatted(name, host, secret);
    }

    private static String secret(String name, String chain) {
        Base64.Encoder base64 = Base64.getEncoder();
        byte[] bytes = chain.getBytes(US_ASCII);
        return """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: %1$s, namespace: source}
        type: kubernetes.io/tls
        data: {tls.crt: %2$s, tls.key: %2$s}
        """
                .formatted(name, base64.encodeToString(bytes));
    }
}
