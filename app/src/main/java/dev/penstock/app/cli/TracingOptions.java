package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import dev.penstock.app.tracing.OtlpSettings;
import dev.penstock.app.tracing.OtlpSink;
import dev.penstock.proxy.trace.TracingSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Which requests are traced, and where traces go. */
final class TracingOptions {

    /** Variables that manifests set from the Pod, and what OpenTelemetry calls them. */
    private static final Map<String, String> POD =
            Map.of(
                    "POD_NAME", "k8s.pod.name",
                    "POD_NAMESPACE", "k8s.namespace.name",
                    "NODE_NAME", "k8s.node.name");

    @Option(
            names = "--tracing-endpoint",
            paramLabel = "URL",
            description =
                    "Sends traces to this collector by OTLP over HTTP, such as"
                            + " http://127.0.0.1:4318; without it nothing is traced.")
    @Nullable String endpoint;

    @Option(
            names = "--tracing-sample-ratio",
            paramLabel = "0..1",
            description = "Which part of the traces that begin here is recorded.")
    double sampleRatio = 1;

    @Option(
            names = "--tracing-opt-in",
            description = "Traces only Ingresses with enable-opentelemetry: \"true\".")
    boolean optIn;

    @Option(
            names = "--tracing-trust-incoming",
            negatable = true,
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Goes on with the trace that a client names.")
    boolean trustIncoming = true;

    @Option(
            names = "--tracing-service-name",
            paramLabel = "NAME",
            description = "What traces call this process's service.")
    String serviceName = "penstock";

    @Option(
            names = "--tracing-header",
            paramLabel = "'NAME: VALUE'",
            showDefaultValue = Visibility.NEVER,
            description = "A header field for the collector; may be given again.")
    List<String> headers = new ArrayList<>();

    /**
     * What was asked for; null for no tracing.
     *
     * @param version the program's
     */
    @Nullable TracingSettings settings(String version) {
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw ExitException.usage(
                    "Invalid value for option '--tracing-sample-ratio': "
                            + sampleRatio
                            + " is not between 0 and 1");
        }
        String url = endpoint;
        if (url == null || url.isEmpty()) {
            return null;
        }
        return new TracingSettings(
                new OtlpSink(new OtlpSettings(uri(url), fields(), resource(version))),
                sampleRatio,
                !optIn,
                trustIncoming,
                TracingSettings.INTERVAL);
    }

    private static URI uri(String url) {
        try {
            return OtlpSettings.endpoint(url);
        } catch (IllegalArgumentException _) {
            throw ExitException.usage(
                    "Invalid value for option '--tracing-endpoint': "
                            + url
                            + " is no URL such as http://127.0.0.1:4318");
        }
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw ExitException.usage(
                        "Invalid value for option '--tracing-header': no 'NAME: VALUE'");
            }
            fields.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
        }
        return fields;
    }

    private Map<String, String> resource(String version) {
        Map<String, String> resource = new LinkedHashMap<>();
        resource.put("service.name", serviceName);
        resource.put("service.version", version);
        POD.forEach((variable, name) -> {
            String value = System.getenv(variable);
            if (value != null && !value.isEmpty()) {
                resource.put(name, value);
            }
        });
        String host = HostName.read();
        if (host != null) {
            resource.put("service.instance.id", resource.getOrDefault("k8s.pod.name", host));
        }
        return resource;
    }
}
