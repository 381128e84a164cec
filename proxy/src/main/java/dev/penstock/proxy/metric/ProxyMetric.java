package dev.penstock.proxy.metric;

import static dev.penstock.proxy.metric.MetricDescription.counter;
import static dev.penstock.proxy.metric.MetricDescription.gauge;
import static dev.penstock.proxy.metric.MetricDescription.histogram;

/** The metrics of the data plane. */
public enum ProxyMetric {
    REQUESTS(
            counter(
                    "penstock_http_requests_total",
                    "Requests whose exchange has ended, by class of status (none: no answer) and"
                            + " method.",
                    "namespace",
                    "ingress",
                    "service",
                    "code",
                    "method")),
    REQUEST_DURATION(
            histogram(
                    "penstock_http_request_duration_seconds",
                    "From a request's head to the end of its answer.",
                    "namespace",
                    "ingress",
                    "service")),
    UPSTREAM_DURATION(
            histogram(
                    "penstock_upstream_response_duration_seconds",
                    "From a request's head, as it was sent to an endpoint, to the head of the"
                            + " answer.",
                    "namespace",
                    "ingress",
                    "service")),
    REQUEST_BYTES(
            counter(
                    "penstock_http_request_body_bytes_total",
                    "Bytes of bodies that arrived.",
                    "namespace",
                    "ingress",
                    "service")),
    RESPONSE_BYTES(
            counter(
                    "penstock_http_response_body_bytes_total",
                    "Bytes of bodies that were sent.",
                    "namespace",
                    "ingress",
                    "service")),
    IN_FLIGHT(gauge("penstock_http_requests_in_flight", "Requests being served now.")),
    ERRORS(
            counter(
                    "penstock_http_errors_total",
                    "Requests that did not end as they should, by error.",
                    "error")),
    REFUSED(
            counter(
                    "penstock_http_refused_total",
                    "Messages refused before they became requests, by reason.",
                    "reason")),
    ACCEPTED(
            counter(
                    "penstock_connections_accepted_total",
                    "Clients' connections accepted.",
                    "listener")),
    CONNECTIONS(
            gauge("penstock_connections", "Clients' connections that are open now.", "listener")),
    HANDSHAKES(
            counter(
                    "penstock_tls_handshakes_total",
                    "TLS handshakes with clients: success or failure.",
                    "result")),
    UPSTREAM_OPENED(
            counter(
                    "penstock_upstream_connections_opened_total",
                    "Connections to endpoints that were made.")),
    UPSTREAM_FAILED(
            counter(
                    "penstock_upstream_connections_failed_total",
                    "Connections to endpoints that could not be made.")),
    UPSTREAM_CONNECTIONS(
            gauge("penstock_upstream_connections", "Connections to endpoints that are open now.")),
    RETRIES(
            counter(
                    "penstock_upstream_retries_total",
                    "Requests that were sent to an endpoint once more.")),
    LOG_DROPPED(
            counter(
                    "penstock_access_log_dropped_lines_total",
                    "Lines dropped because the writer was behind.")),
    LOG_FAILED(
            counter("penstock_access_log_failed_lines_total", "Lines that could not be written.")),
    SPANS_EXPORTED(
            counter("penstock_tracing_exported_spans_total", "Spans that a collector took.")),
    SPANS_DROPPED(
            counter(
                    "penstock_tracing_dropped_spans_total",
                    "Spans that no collector got: queue_full or export_failed.",
                    "reason"));

    private final MetricDescription description;

    ProxyMetric(MetricDescription description) {
        this.description = description;
    }

    public MetricDescription description() {
        return description;
    }
}
