package dev.penstock.app.admin;

import dev.penstock.proxy.observe.ProxyMetrics;
import dev.penstock.proxy.observe.RouteTraffic;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * {@code /ui/traffic}: what routes have carried, for the dashboard. A small part of {@code
 * /metrics}, which with many thousand routes is too much for every few seconds.
 */
public final class TrafficPage implements AdminPage {

    private static final JsonFactory JSON = new JsonFactory();

    private final ProxyMetrics metrics;

    public TrafficPage(ProxyMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public AdminAnswer answer(AdminQuery query) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            out.writeArrayPropertyStart("bounds");
            for (double bound : RouteTraffic.upperBounds()) {
                if (Double.isInfinite(bound)) {
                    out.writeNull();
                } else {
                    out.writeNumber(bound);
                }
            }
            out.writeEndArray();
            out.writeArrayPropertyStart("series");
            metrics.traffic().forEach(traffic -> write(out, traffic));
            out.writeEndArray();
            out.writeEndObject();
        }
        return AdminAnswer.json(200, bytes.toByteArray());
    }

    private static void write(JsonGenerator out, RouteTraffic traffic) {
        out.writeStartObject();
        out.writeArrayPropertyStart("key");
        out.writeString(traffic.labels().namespace());
        out.writeString(traffic.labels().ingress());
        out.writeString(traffic.labels().service());
        out.writeEndArray();
        out.writeNumberProperty("requests", traffic.requests());
        out.writeNumberProperty("clientErrors", traffic.clientErrors());
        out.writeNumberProperty("serverErrors", traffic.serverErrors());
        out.writeArrayPropertyStart("durations");
        for (long count : traffic.durations()) {
            out.writeNumber(count);
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
