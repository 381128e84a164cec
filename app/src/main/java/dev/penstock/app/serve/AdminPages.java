package dev.penstock.app.serve;

import dev.penstock.app.admin.AdminAnswer;
import dev.penstock.app.admin.AdminPage;
import dev.penstock.app.admin.ConfigPage;
import dev.penstock.app.admin.ExplainPage;
import dev.penstock.app.admin.MetricsPage;
import dev.penstock.app.metrics.CertificateDates;
import dev.penstock.app.serve.Lifecycle.Stage;
import dev.penstock.proxy.runtime.ProxyServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;

/** The pages of the admin port, by path. */
final class AdminPages {

    private AdminPages() {}

    static Map<String, AdminPage> of(
            ProxyServer proxy,
            Lifecycle lifecycle,
            PrometheusRegistry registry,
            CertificateDates certificates) {
        AdminPage alive = query -> AdminAnswer.text(200, "ok");
        return Map.of(
                "/livez",
                alive,
                "/healthz",
                alive,
                "/readyz",
                query -> ready(lifecycle.stage()),
                "/metrics",
                new MetricsPage(registry),
                "/configz",
                new ConfigPage(proxy, certificates),
                "/explain",
                new ExplainPage(proxy));
    }

    private static AdminAnswer ready(Stage stage) {
        return AdminAnswer.text(stage == Stage.READY ? 200 : 503, stage.text());
    }
}
