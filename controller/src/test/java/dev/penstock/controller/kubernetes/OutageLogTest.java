package dev.penstock.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class OutageLogTest {

    private static final Scope INGRESSES = scope(WatchedKind.INGRESS);
    private static final Scope SERVICES = scope(WatchedKind.SERVICE);
    private final Exception refused = new KubernetesClientException("x", unreachable());
    private final Exception forbidden =
            new KubernetesClientException("ingresses is forbidden", 403, null);

    private final Lines lines = new Lines();
    private Duration time = Duration.ZERO;
    private final OutageLog outages =
            new OutageLog("https://api:6443/", () -> time.toNanos(), lines);

    @Test
    void oneLineTellsThatTheServerIsAwayHoweverManyWatchesFail() {
        outages.failed(INGRESSES, refused, "traffic goes on");
        outages.failed(SERVICES, refused, "traffic goes on");
        time = Duration.ofSeconds(5);
        outages.failed(INGRESSES, refused, "traffic goes on");

        assertThat(lines.all)
                .containsExactly(
                        "WARN no answer from the API server at https://api:6443/:"
                                + " connection refused; traffic goes on; trying again");
    }

    @Test
    void aLongOutageIsRepeatedAtGrowingIntervals() {
        for (int second = 0; second < 600; second++) {
            time = Duration.ofSeconds(second);
            outages.failed(INGRESSES, refused, "traffic goes on");
        }

        assertThat(lines.all).hasSize(5);
        assertThat(lines.all.get(1)).contains(" for 30 s: connection refused");
        assertThat(lines.all.get(4)).contains(" for 7 min: connection refused");
    }

    @Test
    void theEndOfAnOutageIsToldOnceAllWatchesWork() {
        outages.failed(INGRESSES, refused, "");
        outages.failed(SERVICES, refused, "");
        time = Duration.ofSeconds(40);
        outages.works(INGRESSES);
        assertThat(lines.all).hasSize(1);

        outages.works(SERVICES);
        outages.works(SERVICES);

        assertThat(lines.all).hasSize(2);
        assertThat(lines.all.getLast())
                .isEqualTo("INFO the API server at https://api:6443/ answers again after 40 s");
    }

    @Test
    void aRefusalNamesWhatIsRefused() {
        outages.failed(INGRESSES, forbidden, "nothing is served before all is read");
        outages.failed(INGRESSES, forbidden, "nothing is served before all is read");
        time = Duration.ofSeconds(3);
        outages.works(INGRESSES);

        assertThat(lines.all)
                .containsExactly(
                        "WARN cannot read ingresses in all namespaces: ingresses is forbidden"
                                + " (403); nothing is served before all is read",
                        "INFO can read ingresses in all namespaces again after 3 s");
    }

    @Test
    void anotherCauseIsToldAtOnce() {
        outages.failed(INGRESSES, refused, "");
        outages.failed(INGRESSES, new KubernetesClientException("x", 401, null), "");

        assertThat(lines.all).hasSize(2);
        assertThat(lines.all.getLast()).contains("401 Unauthorized");
    }

    private static Exception unreachable() {
        Exception e = new ConnectException();
        e.initCause(new java.nio.channels.ClosedChannelException());
        return e;
    }

    private static Scope scope(WatchedKind kind) {
        return new Scope(kind, "", "", Map.of());
    }

    /** Keeps what is logged. */
    private static final class Lines extends AbstractLogger {

        private static final long serialVersionUID = 1;

        final transient List<String> all = new ArrayList<>();

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String pattern,
                @Nullable Object @Nullable [] arguments,
                @Nullable Throwable throwable) {
            all.add(level + " " + MessageFormatter.basicArrayFormat(pattern, arguments));
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isTraceEnabled(Marker marker) {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled(Marker marker) {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled(Marker marker) {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled(Marker marker) {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled(Marker marker) {
            return true;
        }
    }
}
