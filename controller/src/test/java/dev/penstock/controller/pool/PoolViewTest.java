package dev.penstock.controller.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.address.AddressPool;
import dev.penstock.model.service.ServiceName;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolViewTest {

    private final PoolView view =
            new PoolView(new PoolSettings(AddressPool.parse("192.0.2.10-192.0.2.11"), true));

    @Test
    void addressesArePutIntoTheServices() {
        ClusterState state = ClusterState.EMPTY.with(TestServices.of("a", ""));
        List<String> addresses =
                requireNonNull(view.update(state).addresses().get(new ServiceName("default", "a")));
        ServiceObject filled =
                requireNonNull(view.fill(state).services().get(new ServiceName("default", "a")));

        assertThat(addresses).hasSize(1);
        assertThat(filled.service().nodeTraffic().loadBalancerIps()).isEqualTo(addresses);
        assertThat(filled.statusAddresses()).isEqualTo(addresses);
    }

    @Test
    void whatDidNotChangeStaysTheSameInstance() {
        ClusterState first = ClusterState.EMPTY.with(TestServices.of("a", ""));
        PoolPlan plan = view.update(first);
        ClusterState filled = view.fill(first);
        ClusterState second = first.with(TestServices.of("z", "type: ClusterIP"));

        assertThat(view.update(second)).isSameAs(plan);
        assertThat(view.fill(second).services().get(new ServiceName("default", "a")))
                .isSameAs(filled.services().get(new ServiceName("default", "a")));
    }

    /** An older Service with the same first choice comes before the status is written. */
    @Test
    void whatWasDecidedStaysBeforeAStatusSaysSo() {
        ClusterState first = ClusterState.EMPTY.with(TestServices.of("m", ""));
        List<String> given = view.update(first).addresses().get(new ServiceName("default", "m"));
        ClusterState second =
                first.with(TestServices.of("a", "loadBalancerIP: " + requireNonNull(given).get(0)));

        assertThat(view.update(second).addresses())
                .containsEntry(new ServiceName("default", "m"), given)
                .containsEntry(new ServiceName("default", "a"), List.of());
    }
}
