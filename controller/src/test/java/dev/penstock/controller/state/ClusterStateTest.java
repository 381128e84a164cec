package dev.penstock.controller.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.ServiceName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterStateTest {

    private static final ServiceName WEB = new ServiceName("shop", "web");
    private static final ServiceName API = new ServiceName("shop", "api");

    @Test
    void equalObjectIsNoChange() {
        ClusterState state = ClusterState.EMPTY.with(slice("a", WEB, "10.0.0.1"));
        assertThat(state.with(slice("a", WEB, "10.0.0.1"))).isSameAs(state);
        assertThat(state.without(slice("b", WEB, "10.0.0.1").ref())).isSameAs(state);
    }

    @Test
    void mapsOfOtherKindsStayTheSame() {
        ClusterState before = ClusterState.EMPTY.with(secret("a"));
        ClusterState after = before.with(slice("a", WEB, "10.0.0.1"));
        assertThat(after.secrets()).isSameAs(before.secrets());
        assertThat(after.slices()).isNotSameAs(before.slices());
    }

    @Test
    void slicesAreFoundByServiceInOrderOfTheirNames() {
        EndpointSliceObject first = slice("a", WEB, "10.0.0.1");
        EndpointSliceObject second = slice("b", WEB, "10.0.0.2");
        EndpointSliceObject third = slice("c", API, "10.0.0.3");
        ClusterState state = ClusterState.EMPTY.with(second).with(third).with(first);
        assertThat(state.slicesByService())
                .isEqualTo(Map.of(WEB, List.of(first, second), API, List.of(third)));
        ClusterState moved = state.with(slice("b", API, "10.0.0.2"));
        assertThat(moved.slicesByService().get(WEB)).containsExactly(first);
        assertThat(moved.slicesByService().get(API)).hasSize(2);
        assertThat(state.without(third.ref()).slicesByService()).doesNotContainKey(API);
    }

    @Test
    void earlierStateDoesNotChange() {
        ClusterState before = ClusterState.EMPTY.with(secret("a"));
        ClusterState after = before.with(secret("b")).without(secret("a").ref());
        assertThat(before.secrets()).containsOnlyKeys(secret("a").ref());
        assertThat(after.secrets()).containsOnlyKeys(secret("b").ref());
    }

    @Test
    void textOfSecretShowsNoByteOfIt() {
        assertThat(secret("a")).hasToString("SecretObject[Secret shop/a]");
    }

    private static SecretObject secret(String name) {
        return new SecretObject(
                meta(SecretObject.KIND, name), "", new byte[] {1}, new byte[] {2}, List.of());
    }

    private static EndpointSliceObject slice(String name, ServiceName service, String address) {
        return new EndpointSliceObject(
                meta(EndpointSliceObject.KIND, name),
                service,
                Map.of("", List.of(Endpoint.ready(address, 80))),
                List.of());
    }

    private static ObjectMeta meta(String kind, String name) {
        return new ObjectMeta(new ObjectRef(kind, "shop", name), "", null, Map.of(), null, 0);
    }
}
