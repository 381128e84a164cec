package dev.penstock.controller.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.NodeObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeDecoderTest {

    @Test
    void aNodeThatIsDeletedIsLeaving() {
        assertThat(node(Map.of("name", "a"), List.of()).isLeaving()).isFalse();
        assertThat(
                        node(
                                        Map.of(
                                                "name",
                                                "a",
                                                "deletionTimestamp",
                                                "2026-01-01T00:00:00Z"),
                                        List.of())
                                .isLeaving())
                .isTrue();
    }

    @Test
    void aNodeThatTheAutoscalerRemovesIsLeavingAndOneWithAnotherTaintIsNot() {
        Map<String, Object> other = Map.of("key", "node.kubernetes.io/unschedulable");
        Map<String, Object> leaving = Map.of("key", "ToBeDeletedByClusterAutoscaler");

        assertThat(node(Map.of("name", "a"), List.of(other)).isLeaving()).isFalse();
        assertThat(node(Map.of("name", "a"), List.of(other, leaving)).isLeaving()).isTrue();
    }

    @Test
    void theZoneIsThatOfTheTopologyLabel() {
        Map<String, String> labels = Map.of("topology.kubernetes.io/zone", "zone-a", "other", "x");

        assertThat(node(Map.of("name", "a", "labels", labels), List.of()).zone())
                .isEqualTo("zone-a");
        assertThat(node(Map.of("name", "a"), List.of()).zone()).isNull();
        assertThat(
                        node(
                                        Map.of(
                                                "name",
                                                "a",
                                                "labels",
                                                Map.of("topology.kubernetes.io/zone", "")),
                                        List.of())
                                .zone())
                .isNull();
    }

    @Test
    void theStateHasNodesByName() {
        NodeObject node = node(Map.of("name", "a"), List.of());
        ClusterState state = ClusterState.EMPTY.with(node);

        assertThat(state.nodes().get("a")).isEqualTo(node);
        assertThat(state.object(node.ref())).isEqualTo(node);
        assertThat(state).isNotEqualTo(ClusterState.EMPTY);
        assertThat(state.without(node.ref())).isEqualTo(ClusterState.EMPTY);
    }

    private static NodeObject node(Map<String, Object> metadata, List<Map<String, Object>> taints) {
        Decoded decoded =
                new ObjectDecoder()
                        .decode(
                                Map.of(
                                        "apiVersion",
                                        "v1",
                                        "kind",
                                        "Node",
                                        "metadata",
                                        metadata,
                                        "spec",
                                        Map.of("taints", taints)),
                                Origin.API_SERVER);
        return (NodeObject) ((Decoded.Accepted) decoded).object();
    }
}
