package dev.penstock.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.controller.decode.ObjectDecoder;
import dev.penstock.controller.decode.Origin;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.service.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class StatusPlanTest {

    private static final PublishSettings FRONT =
            new PublishSettings.OfService(new ServiceName("edge", "front"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: LoadBalancer, clusterIP: 10.96.0.1} | 9.9.9.9, 1.1.1.1 | [1.1.1.1, 9.9.9.9]",
                "{type: LoadBalancer, clusterIP: 10.96.0.1, externalIPs: [5.5.5.5]} | 1.1.1.1 | [1.1.1.1, 5.5.5.5]",
                "{type: LoadBalancer, clusterIP: 10.96.0.1} | | []",
                "{type: NodePort, clusterIP: 10.96.0.1, externalIPs: [5.5.5.5]} | | [5.5.5.5]",
                "{type: NodePort, clusterIP: 10.96.0.1} | | [10.96.0.1]",
                "{type: ClusterIP, clusterIP: 10.96.0.1} | | [10.96.0.1]",
                "{type: ExternalName, externalName: edge.example.com} | | [edge.example.com]",
            })
    void theServicesTypeSaysWhichAddressesCount(String spec, String status, String expected) {
        String ingress =
                status == null
                        ? ""
                        : String.join(
                                ", ",
                                List.of(status.split(", ")).stream()
                                        .map(ip -> "{ip: " + ip + "}")
                                        .toList());
        ClusterState state =
                state(
                        """
                        apiVersion: v1
                        kind: Service
                        metadata: {name: front, namespace: edge}
                        spec: %s
                        status: {loadBalancer: {ingress: [%s]}}
                        """
                                .formatted(spec, ingress));

        assertThat(StatusPlan.addresses(FRONT, state)).hasToString(expected);
    }

    @Test
    void hostNamesOfALoadBalancerCountToo() {
        ClusterState state =
                state(
                        """
                        apiVersion: v1
                        kind: Service
                        metadata: {name: front, namespace: edge}
                        spec: {type: LoadBalancer}
                        status: {loadBalancer: {ingress: [{hostname: lb.example.com}]}}
                        """);

        assertThat(StatusPlan.addresses(FRONT, state)).containsExactly("lb.example.com");
    }

    @Test
    void aServiceThatIsNotThereHasNoAddresses() {
        assertThat(StatusPlan.addresses(FRONT, ClusterState.EMPTY)).isEmpty();
    }

    @Test
    void fixedAddressesAreSortedAndWithoutDuplicates() {
        PublishSettings fixed = new PublishSettings.Fixed(List.of("2.2.2.2", "1.1.1.1", "2.2.2.2"));

        assertThat(StatusPlan.addresses(fixed, ClusterState.EMPTY))
                .containsExactly("1.1.1.1", "2.2.2.2");
    }

    @Test
    void onlyOurIngressesWithAnotherStatusAreWritten() {
        ClusterState state =
                state(
                        ingress("right", "{ip: 2.2.2.2}, {ip: 1.1.1.1}"),
                        ingress("none", ""),
                        ingress("other", "{ip: 3.3.3.3}, {ip: 1.1.1.1}"),
                        ingress("foreign", ""));

        assertThat(
                        StatusPlan.outdated(
                                state,
                                Set.of(ref("right"), ref("none"), ref("other"), ref("gone")),
                                List.of("1.1.1.1", "2.2.2.2")))
                .extracting(ingress -> ingress.ref().name())
                .containsExactly("none", "other");
    }

    @Test
    void nothingIsWrittenWhileNoAddressIsKnown() {
        ClusterState state = state(ingress("was-right", "{ip: 1.1.1.1}"));

        assertThat(StatusPlan.outdated(state, Set.of(ref("was-right")), List.of())).isEmpty();
    }

    private static ObjectRef ref(String name) {
        return new ObjectRef("Ingress", "shop", name);
    }

    private static String ingress(String name, String status) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %s, namespace: shop}
        spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
        status: {loadBalancer: {ingress: [%s]}}
        """
                .formatted(name, status);
    }

    private static ClusterState state(String... manifests) {
        ObjectDecoder decoder = new ObjectDecoder();
        ClusterState.Builder state = ClusterState.EMPTY.change();
        for (String manifest : manifests) {
            Object tree = new Load(LoadSettings.builder().build()).loadFromString(manifest);
            switch (decoder.decode((Map<?, ?>) tree, Origin.API_SERVER)) {
                case Decoded.Accepted(var object) -> state.put(object);
                case Decoded other -> throw new AssertionError(other);
            }
        }
        return state.build();
    }
}
