package dev.penstock.app.admin;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.MetricNameFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * {@code /metrics}: Prometheus's text format, or OpenMetrics where it is asked for. With {@code
 * name[]}, which may come more than once, only metrics of these names.
 */
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
        List<String> names = query.all("name[]");
        writer.write(body, names.isEmpty() ? registry.scrape() : registry.scrape(filter(names)));
        return new AdminAnswer(200, writer.getContentType(), body.toByteArray());
    }

    private static Predicate<String> filter(List<String> names) {
        return MetricNameFilter.builder().nameMustBeEqualTo(names).build();
    }
}
