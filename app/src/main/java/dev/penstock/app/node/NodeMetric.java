package dev.penstock.app.node;

import static dev.penstock.proxy.metric.MetricDescription.counter;
import static dev.penstock.proxy.metric.MetricDescription.gauge;
import static dev.penstock.proxy.metric.MetricDescription.histogram;
import static dev.penstock.proxy.metric.MetricDescription.info;

import dev.penstock.proxy.metric.MetricDescription;

/** The metrics of a node's rules. */
public enum NodeMetric {
    MODE(info("penstock_node_mode_info", "Always 1: the mode that makes the rules.", "mode")),
    SYNC_DURATION(
            histogram(
                    "penstock_node_sync_duration_seconds",
                    "Planning and applying once, full where everything was compared; 0.5 ms to 30"
                            + " s.",
                    "scope")),
    PROGRAMMING_LATENCY(
            histogram(
                    "penstock_node_programming_latency_seconds",
                    "From noticing the oldest change of a sync to rules that follow it;"
                            + " 0.5 ms to 30 s.")),
    SYNC_FAILURES(
            counter(
                    "penstock_node_sync_failures_total",
                    "Syncs that failed; the last good rules stayed.")),
    REPAIRS(
            counter(
                    "penstock_node_repairs_total",
                    "Times that somebody else had removed or changed rules.")),
    STALE_FLOWS(
            counter(
                    "penstock_node_stale_flows_deleted_total",
                    "UDP conntrack entries deleted because the endpoint that answered them serves"
                            + " no longer; always 0 in mode userspace, which has sessions of its"
                            + " own.")),
    RULES(
            gauge(
                    "penstock_node_rules",
                    "Rules, elements, virtual servers or sockets in place, as the mode counts"
                            + " them.")),
    SERVICES(
            gauge(
                    "penstock_node_services",
                    "Service ports that are served; one for each address family.")),
    WITHOUT_ENDPOINTS(
            gauge(
                    "penstock_node_services_without_endpoints",
                    "Service ports whose connections are refused.")),
    DESTINATIONS(
            gauge(
                    "penstock_node_destinations",
                    "Endpoints that take new connections, summed up over all Service ports.")),
    LAST_QUEUED(
            gauge(
                    "penstock_node_last_queued_timestamp_seconds",
                    "When the last change came, in Unix time; 0 before the first.")),
    LAST_APPLIED(
            gauge(
                    "penstock_node_last_applied_timestamp_seconds",
                    "When the rules were last known to be as wanted, in Unix time; 0 before the"
                            + " first time."));

    private final MetricDescription description;

    NodeMetric(MetricDescription description) {
        this.description = description;
    }

    public MetricDescription description() {
        return description;
    }
}
