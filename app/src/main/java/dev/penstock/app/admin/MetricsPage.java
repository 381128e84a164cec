package dev.penstock.app.admin;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** {@code /metrics}: Prometheus's text format, or OpenMetrics where it is asked for. */
public final class MetricsPage implements AdminPage {

    private final PrometheusRegistry registry;
    private final ExpositionFormatWriter prometheus = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

    public MetricsPage(PrometheusRegistry registry) {
        this.registry = registry;
    }

    @Override
    public AdminAnswer answer(AdminQuery query) throws IOException {
        ExpositionFormatWriter writer =
                openMetrics.accepts(query.accept()) ? openMetrics : prometheus;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        writer.write(body, registry.scrape());
        return new AdminAnswer(200, writer.getContentType(), body.toByteArray());
    }
}
