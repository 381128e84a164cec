package dev.penstock.app.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.app.exit.ExitException;
import dev.penstock.app.node.NodeProxySettings;
import dev.penstock.app.node.NodeSideSettings;
import dev.penstock.app.serve.ClusterSettings;
import dev.penstock.app.tracing.OtlpSettings;
import dev.penstock.controller.status.PublishSettings;
import dev.penstock.model.service.ServiceName;
import dev.penstock.proxy.observe.AccessLogSettings;
import dev.penstock.proxy.runtime.ProxySettings;
import dev.penstock.proxy.trace.TracingSettings;
import dev.penstock.proxy.transport.TransportKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** How flags and variables become settings. */
class OptionsTest {

    @Test
    void serveHasPortsThatNeedNoRoot() {
        ServeCommand serve = serve(Map.of());
        ProxySettings proxy = serve.listeners.proxy(serve.translation.services(true));
        assertThat(proxy.listeners())
                .extracting(listener -> listener.address().getPort())
                .containsExactly(8080, 8443);
        assertThat(serve.listeners.admin().getPort()).isEqualTo(10254);
        assertThat(serve.listeners.admin().getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void aVariableStandsForAFlagThatIsNotGiven() {
        Map<String, String> environment =
                Map.of(
                        "PENSTOCK_HTTP_PORT", "81",
                        "PENSTOCK_HTTPS_PORT", "82",
                        "PENSTOCK_PROXY_PROTOCOL", "true",
                        "PENSTOCK_WATCH_NAMESPACE", "a,b",
                        "PENSTOCK_BIND", "");
        ServeCommand serve = serve(environment, "--https-port", "444");
        assertThat(serve.listeners.httpPort).isEqualTo(81);
        assertThat(serve.listeners.httpsPort).isEqualTo(444);
        assertThat(serve.listeners.proxyProtocol).isTrue();
        assertThat(serve.source.namespaces).containsExactly("a", "b");
        assertThat(serve.listeners.bind).isEqualTo("0.0.0.0");
    }

    @Test
    void theAccessLogHasFormatsSamplingAndRotation() {
        AccessLogSettings off = serve(Map.of()).accessLog.settings();
        assertThat(off.destination()).isEqualTo(AccessLogSettings.Destination.OFF);
        AccessLogSettings settings =
                serve(
                                Map.of(),
                                "--access-log",
                                "/var/log/x",
                                "--access-log-format",
                                "$status",
                                "--access-log-sample-ratio",
                                "0.5",
                                "--access-log-rotate-size",
                                "100m",
                                "--access-log-rotate-keep",
                                "3")
                        .accessLog
                        .settings();
        assertThat(settings.pattern()).isEqualTo("$status");
        assertThat(settings.sampleRatio()).isEqualTo(0.5);
        assertThat(settings.rotation())
                .isEqualTo(new AccessLogSettings.Rotation(100 * 1024 * 1024, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "--access-log-format, apache",
        "--access-log-format, $nothing",
        "--access-log-sample-ratio, 2",
        "--access-log-rotate-keep, 0",
    })
    void whatCannotBeMeantForTheAccessLogIsRefused(String option, String value) {
        ServeCommand serve = serve(Map.of("PENSTOCK_ACCESS_LOG", "/var/log/x"), option, value);
        assertThatThrownBy(serve.accessLog::settings)
                .isInstanceOf(ExitException.class)
                .hasMessageContaining("Invalid value for option '" + option + "'");
    }

    @Test
    void standardOutputIsNotPutAside() {
        ServeCommand serve =
                serve(Map.of("PENSTOCK_ACCESS_LOG", "-"), "--access-log-rotate-size", "1k");
        assertThatThrownBy(serve.accessLog::settings)
                .hasMessageContaining("--access-log-rotate-size needs --access-log FILE");
    }

    @Test
    void nothingIsTracedUnlessACollectorIsNamed() {
        assertThat(serve(Map.of()).tracing.settings("1")).isNull();
        assertThat(serve(Map.of(), "--tracing-sample-ratio", "0.5").tracing.settings("1")).isNull();
    }

    @Test
    void aCollectorTurnsTracingOn() {
        Map<String, String> environment = Map.of("PENSTOCK_TRACING_ENDPOINT", "http://c:4318");
        TracingSettings all = requireNonNull(serve(environment).tracing.settings("1"), "tracing");
        assertThat(all.sampleRatio()).isEqualTo(1);
        assertThat(all.everyRoute()).isTrue();
        assertThat(all.trustsIncoming()).isTrue();
        all.sink().close();
        TracingSettings some =
                requireNonNull(
                        serve(
                                        environment,
                                        "--tracing-sample-ratio",
                                        "0.25",
                                        "--tracing-opt-in",
                                        "--no-tracing-trust-incoming")
                                .tracing
                                .settings("1"),
                        "tracing");
        assertThat(some.sampleRatio()).isEqualTo(0.25);
        assertThat(some.everyRoute()).isFalse();
        assertThat(some.trustsIncoming()).isFalse();
        some.sink().close();
    }

    @ParameterizedTest
    @CsvSource({
        "--tracing-sample-ratio, 1.5",
        "--tracing-sample-ratio, -1",
        "--tracing-sample-ratio, NaN",
        "--tracing-endpoint, collector:4318",
        "--tracing-endpoint, grpc://collector:4317",
        "--tracing-endpoint, http://",
        "--tracing-header, token",
    })
    void whatCannotBeMeantForTracesIsRefused(String option, String value) {
        ServeCommand serve =
                serve(Map.of("PENSTOCK_TRACING_ENDPOINT", "http://c:4318"), option, value);
        assertThatThrownBy(() -> serve.tracing.settings("1"))
                .isInstanceOf(ExitException.class)
                .hasMessageContaining("Invalid value for option '" + option + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "http://c:4318, http://c:4318/v1/traces",
        "https://c/, https://c/v1/traces",
        "http://c:4318/otlp/v1/traces, http://c:4318/otlp/v1/traces",
    })
    void aCollectorHasTracesAtTheUsualPath(String given, String used) {
        assertThat(OtlpSettings.endpoint(given)).hasToString(used);
    }

    @Test
    void everyFlagThatOthersRelyOnIsThere() {
        CommandLine serve =
                requireNonNull(Cli.create(Map.of()).getSubcommands().get("serve"), "serve");
        assertThat(serve.getCommandSpec().optionsMap().keySet())
                .contains(
                        "--http-port",
                        "--https-port",
                        "--admin-port",
                        "--bind",
                        "--ingress-class",
                        "--controller-class",
                        "--watch-namespace",
                        "--watch-ingress-without-class",
                        "--default-backend-service",
                        "--default-tls-secret",
                        "--publish-service",
                        "--publish-address",
                        "--trusted-proxies",
                        "--proxy-protocol",
                        "--access-log",
                        "--access-log-format",
                        "--transport",
                        "--event-loops",
                        "--shutdown-delay",
                        "--shutdown-grace",
                        "--manifests",
                        "--kubeconfig");
    }

    @Test
    void switchesCanBeTurnedOff() {
        assertThat(serve(Map.of()).source.watch).isTrue();
        assertThat(serve(Map.of(), "--no-watch").source.watch).isFalse();
        assertThat(serve(Map.of(), "--watch=false").source.watch).isFalse();
        assertThat(serve(Map.of("PENSTOCK_WATCH", "false")).source.watch).isFalse();
        assertThat(serve(Map.of(), "--external-name=false").translation.externalName).isFalse();
    }

    @Test
    void theTransportCanBeChosen() {
        ServeCommand serve = serve(Map.of(), "--transport", "nio", "--event-loops", "3");
        ProxySettings proxy = serve.listeners.proxy(serve.translation.services(true));
        assertThat(proxy.transport()).isEqualTo(TransportKind.NIO);
        assertThat(proxy.eventLoops()).isEqualTo(3);
    }

    @Test
    void loopbackIsReachedFromManifestsOnly() {
        TranslationOptions options = new TranslationOptions();
        assertThat(options.services(true).loopbackAllowed()).isTrue();
        assertThat(options.services(false).loopbackAllowed()).isFalse();
    }

    @Test
    void statusGetsTheAddressesOfAServiceOrFixedOnes() {
        assertThat(serve(Map.of()).publish.settings()).isEqualTo(ClusterSettings.NONE);
        assertThat(serve(Map.of(), "--publish-service", "ns/lb").publish.settings().publish())
                .isEqualTo(new PublishSettings.OfService(new ServiceName("ns", "lb")));
        assertThat(
                        serve(Map.of(), "--publish-address", "192.0.2.1,192.0.2.2")
                                .publish
                                .settings()
                                .publish())
                .isEqualTo(new PublishSettings.Fixed(List.of("192.0.2.1", "192.0.2.2")));
    }

    @Test
    void serveIsNoNodeProxyUnlessAsked() {
        assertThat(serve(Map.of()).side(true)).isNull();
        assertThat(serve(Map.of("PENSTOCK_CLUSTER_CIDR", "10.244.0.0/16")).side(true)).isNull();
    }

    @Test
    void serveTakesTheFlagsOfNode() {
        NodeSideSettings side =
                requireNonNull(
                        serve(
                                        Map.of(),
                                        "--node-proxy=nftables",
                                        "--cluster-cidr=10.244.0.0/16",
                                        "--node-name=node1",
                                        "--zone=a",
                                        "--load-balancer-pool=192.0.2.0/28")
                                .side(false));
        NodeProxySettings proxy = requireNonNull(side.proxy());
        assertThat(side.nodeName()).isEqualTo("node1");
        assertThat(proxy.mode().name()).isEqualTo("nftables");
        assertThat(proxy.facts().podCidrs()).hasToString("[10.244.0.0/16]");
        assertThat(proxy.services().nodeName()).isEqualTo("node1");
        assertThat(proxy.services().zone()).isEqualTo("a");
        assertThat(side.balancers()).isNotNull();
    }

    @Test
    void serveGivesAddressesAlsoBesideAnotherNodeProxy() {
        NodeSideSettings side =
                requireNonNull(serve(Map.of(), "--load-balancer-pool=192.0.2.0/28").side(false));
        assertThat(side.proxy()).isNull();
        assertThat(side.nodeName()).isNotEmpty();
    }

    @Test
    void aFlagOfTheNodeProxyWithoutItIsRefused() {
        CliRun cli = new CliRun();
        assertThat(cli.run("serve", "--manifests", "/nonexistent", "--masquerade-all"))
                .isEqualTo(2);
        assertThat(cli.err()).startsWith("penstock: --masquerade-all needs --node-proxy");
    }

    @ParameterizedTest
    @CsvSource({"5, 5000", "0, 0", "500ms, 500", "10s, 10000", "1m30s, 90000", "2h, 7200000"})
    void readsDurations(String text, long millis) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5x", "-1", "1s1m", "1.5s", "9999999999s"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("1m30s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--http-port=65536",
                "--http-port=-1",
                "--http-port=http",
                "--shutdown-grace=soon",
                "--default-backend-service=web",
                "--trusted-proxies=10.0.0.0/33",
                "--transport=carrier-pigeon",
                "--event-loops=-1",
                "--bind=no.such.address.invalid",
                "--access-log-format=xml",
                "--nonsense"
            })
    void aWrongValueIsWrongUsageInOneLine(String flag) {
        CliRun cli = new CliRun();
        assertThat(cli.run("serve", "--manifests", "/nonexistent", flag)).isEqualTo(2);
        assertThat(cli.err().lines()).hasSize(2);
        assertThat(cli.err()).startsWith("penstock: ").contains(flag.replaceFirst("=.*", ""));
    }

    @Test
    void aDirectoryThatDoesNotExistIsOneLine() {
        CliRun cli = new CliRun();
        assertThat(cli.run("serve", "--manifests", "/nonexistent/dir")).isEqualTo(3);
        assertThat(cli.err())
                .isEqualToNormalizingNewlines(
                        "penstock: manifests: /nonexistent/dir does not exist\n");
    }

    private static ServeCommand serve(Map<String, String> environment, String... args) {
        CommandLine root = Cli.create(environment);
        List<String> line = new ArrayList<>(List.of(args));
        line.addFirst("serve");
        root.parseArgs(line.toArray(String[]::new));
        return requireNonNull(root.getSubcommands().get("serve"), "serve").getCommand();
    }
}
