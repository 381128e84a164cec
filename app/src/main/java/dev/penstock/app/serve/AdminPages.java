package dev.penstock.app.serve;

import dev.penstock.app.admin.AdminAnswer;
import dev.penstock.app.admin.AdminPage;
import dev.penstock.app.admin.ConfigPage;
import dev.penstock.app.admin.ExplainPage;
import dev.penstock.app.admin.LoggersPage;
import dev.penstock.app.admin.MetricsPage;
import dev.penstock.app.admin.TrafficPage;
import dev.penstock.app.admin.UiPages;
import dev.penstock.app.serve.Lifecycle.Stage;
import java.util.HashMap;
import java.util.Map;

/** The pages of the admin port, by path. */
final class AdminPages {

    private AdminPages() {}

    static Map<String, AdminPage> of(
            ConfigPage config,
            ExplainPage explain,
            MetricsPage metrics,
            TrafficPage traffic,
            Lifecycle lifecycle) {
        AdminPage alive = query -> AdminAnswer.text(200, "ok");
        Map<String, AdminPage> pages = new HashMap<>(UiPages.all());
        pages.put("/livez", alive);
        pages.put("/healthz", alive);
        pages.put("/readyz", query -> ready(lifecycle.stage()));
        pages.put("/metrics", metrics);
        pages.put("/loggers", new LoggersPage());
        pages.put("/configz", config);
        pages.put("/explain", explain);
        pages.put("/ui/traffic", traffic);
        return pages;
    }

    private static AdminAnswer ready(Stage stage) {
        return AdminAnswer.text(stage == Stage.READY ? 200 : 503, stage.text());
    }
}
