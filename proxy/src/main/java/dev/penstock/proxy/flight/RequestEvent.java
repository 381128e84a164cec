package dev.penstock.proxy.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A request with the phases of its way, for Java's flight recorder. Off unless a recording asks for
 * it by name: one for each request would be most of what a recording is made of.
 */
@Name(RequestEvent.NAME)
@Label("Request")
@Category("Penstock")
@Description("An HTTP request from its head to the end of its answer")
@Enabled(false)
@StackTrace(false)
public final class RequestEvent extends Event {

    /** What recordings call it. */
    public static final String NAME = "dev.penstock.Request";

    /** Never committed; the recorder answers by it without an event being made. */
    private static final RequestEvent PROBE = new RequestEvent();

    @Label("Method")
    public @Nullable String method;

    @Label("Host")
    public @Nullable String host;

    @Label("Path")
    public @Nullable String path;

    @Label("Status")
    public int status;

    @Label("Error")
    public @Nullable String error;

    @Label("Ingress")
    public @Nullable String ingress;

    @Label("Service")
    public @Nullable String service;

    @Label("Endpoint")
    public @Nullable String endpoint;

    @Label("Retries")
    public int retries;

    @Label("Bytes In")
    @DataAmount
    public long bytesIn;

    @Label("Bytes Out")
    @DataAmount
    public long bytesOut;

    @Label("Routing")
    @Description("From the request's head to its route")
    @Timespan
    public long routing;

    @Label("Connect")
    @Description("From there to a connection to an endpoint, with tries that failed")
    @Timespan
    public long connect;

    @Label("First Byte")
    @Description("From there to the head of the answer")
    @Timespan
    public long firstByte;

    @Label("Body")
    @Description("From there to the end of the answer")
    @Timespan
    public long body;

    @Label("Request Id")
    public @Nullable String requestId;

    @Label("Trace Id")
    public @Nullable String traceId;

    /** Whether a recording wants such events. Costs nothing where not. */
    public static boolean isWanted() {
        return PROBE.isEnabled();
    }
}
