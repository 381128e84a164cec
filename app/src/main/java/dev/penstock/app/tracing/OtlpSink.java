package dev.penstock.app.tracing;

import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.SpanSink;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sends spans to a collector by OTLP over HTTP, in binary protobuf. */
public final class OtlpSink implements SpanSink {

    private static final Duration TIMEOUT = Duration.ofSeconds(4);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** The exporter keeps to its own time-out; this one is for a fault in it. */
    private static final long WAIT_SECONDS = TIMEOUT.plusSeconds(1).toSeconds();

    private final SpanConverter converter;
    private final OtlpHttpSpanExporter exporter;
    // Held on to, since the JDK forgets the level of a logger that nobody has. What it would say to
    // standard error in a form of its own, whoever asks for an export says in the log.
    private final Logger chatter = Logger.getLogger("io.opentelemetry");

    public OtlpSink(OtlpSettings settings) {
        chatter.setLevel(Level.OFF);
        converter = new SpanConverter(settings.resource());
        OtlpHttpSpanExporterBuilder builder =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(settings.endpoint().toString())
                        .setCompression("gzip")
                        .setConnectTimeout(CONNECT_TIMEOUT)
                        .setTimeout(TIMEOUT);
        settings.headers().forEach(builder::addHeader);
        exporter = builder.build();
    }

    @Override
    public boolean export(List<RequestSpan> spans) {
        List<SpanData> data = new ArrayList<>(spans.size() * 2);
        spans.forEach(span -> converter.convert(span, data));
        CompletableResultCode result = exporter.export(data);
        return result.join(WAIT_SECONDS, TimeUnit.SECONDS).isSuccess();
    }

    @Override
    public void close() {
        exporter.shutdown().join(1, TimeUnit.SECONDS);
    }
}
