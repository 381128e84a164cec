package dev.penstock.app.serve;

import dev.penstock.app.admin.AdminAnswer;
import dev.penstock.app.admin.AdminPage;
import dev.penstock.app.admin.ConfigPage;
import dev.penstock.app.admin.ExplainPage;
import dev.penstock.app.admin.MetricsPage;
import dev.penstock.app.serve.Lifecycle.Stage;
import java.util.Map;

/** The pages of the admin port, by path. */
final class AdminPages {

    private AdminPages() {}

    static Map<String, AdminPage> of(
            ConfigPage config, ExplainPage explain, MetricsPage metrics, Lifecycle lifecycle) {
        AdminPage alive = query -> AdminAnswer.text(200, "ok");
        return Map.of(
                "/livez",
                alive,
                "/healthz",
                alive,
                "/readyz",
                query -> ready(lifecycle.stage()),
                "/metrics",
                metrics,
                "/configz",
                config,
                "/explain",
                explain);
    }

    private static AdminAnswer ready(Stage stage) {
        return AdminAnswer.text(stage == Stage.READY ? 200 : 503, stage.text());
    }
}
