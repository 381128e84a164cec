package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The program's own pages: for kubelets, cloud load balancers and dashboards. */
abstract class HealthSuite extends NodeSuite {
    private static final int METRICS_PORT = 10249;

    @Test
    final void healthAndLivenessAreAnsweredAsKubeProxyDoes() {
        serve(web(lab().b1()));
        for (String path : new String[] {"/healthz", "/livez"}) {
            HttpAnswer answer = get(NodeProgram.HEALTH_PORT, path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.body()).contains("lastUpdated").contains("currentTime");
        }
        assertThat(get(NodeProgram.HEALTH_PORT, "/healthz").body()).contains("nodeEligible");
        assertThat(get(NodeProgram.HEALTH_PORT, "/nothing").status()).isEqualTo(404);
    }

    @Test
    final void metricsCountRulesAndEndpoints() {
        serve(web(lab().b1(), lab().b3()));
        HttpAnswer metrics = get(METRICS_PORT, "/metrics");
        assertThat(metrics.status()).isEqualTo(200);
        assertThat(metrics.body())
                .contains("penstock_node_destinations ", "penstock_node_rules ")
                .doesNotContain("penstock_node_destinations 0.0", "penstock_node_rules 0.0");
    }

    private HttpAnswer get(int port, String path) {
        return HttpAnswer.get(lab().node1(), "127.0.0.1", port, path);
    }
}
