package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import dev.penstock.l4.L4Settings;
import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.exchange.ExchangeSettings;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.runtime.ProxySettings;
import dev.penstock.proxy.transport.TransportKind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where and how the proxy listens, and how it ends. */
final class ListenerOptions {

    enum Transport {
        auto,
        io_uring,
        epoll,
        nio
    }

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port for HTTP; 0 takes a free one.")
    int httpPort = 8080;

    @Option(
            names = "--https-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port for HTTPS; 0 takes a free one.")
    int httpsPort = 8443;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "The address to listen at; :: is every one of IPv6 and IPv4.")
    String bind = "0.0.0.0";

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port for health, metrics and configuration; 0 takes a free one.")
    int adminPort = 10254;

    @Option(
            names = "--admin-bind",
            paramLabel = "ADDRESS",
            description = "The address of the admin port.")
    String adminBind = "127.0.0.1";

    @Option(
            names = "--trusted-proxies",
            paramLabel = "CIDR",
            split = ",",
            showDefaultValue = Visibility.NEVER,
            description = "Who may set X-Forwarded-* and send the PROXY protocol.")
    List<String> trustedProxies = new ArrayList<>();

    @Option(
            names = "--proxy-protocol",
            description = "Trusted proxies send the PROXY protocol, version 1 or 2.")
    boolean proxyProtocol;

    @Option(
            names = "--transport",
            paramLabel = "auto|io_uring|epoll|nio",
            description = "How sockets are served; auto takes the best there is.")
    Transport transport = Transport.auto;

    @Option(
            names = "--event-loops",
            paramLabel = "N",
            description = "Threads that serve traffic; 0 is one a processor.")
    int eventLoops;

    @Option(
            names = "--shutdown-delay",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "How long connections are still accepted after SIGTERM (default: 0s).")
    Duration shutdownDelay = Duration.ZERO;

    @Option(
            names = "--shutdown-grace",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "How long requests in flight may take after that (default: 30s).")
    Duration shutdownGrace = Duration.ofSeconds(30);

    /** The data plane's settings. */
    ProxySettings proxy(L4Settings services) {
        ProxySettings settings =
                ProxySettings.of(
                        List.of(
                                new ListenerSettings(
                                        "http", BindAddress.of("--bind", bind, httpPort), false),
                                new ListenerSettings(
                                        "https", BindAddress.of("--bind", bind, httpsPort), true)),
                        services);
        if (eventLoops < 0) {
            throw ExitException.usage(
                    "Invalid value for option '--event-loops': " + eventLoops + " is below 0");
        }
        return settings.withTransport(kind(), eventLoops)
                .withTrustedProxies(trusted(), proxyProtocol)
                .withExchange(
                        new ExchangeSettings(
                                httpsPort,
                                ExchangeSettings.DEFAULT.triesMax(),
                                ExchangeSettings.DEFAULT.interimMax(),
                                ExchangeSettings.DEFAULT.replayBytesMax()));
    }

    InetSocketAddress admin() {
        return BindAddress.of("--admin-bind", adminBind, adminPort);
    }

    private @Nullable TransportKind kind() {
        return switch (transport) {
            case auto -> null;
            case io_uring -> TransportKind.IO_URING;
            case epoll -> TransportKind.EPOLL;
            case nio -> TransportKind.NIO;
        };
    }

    private CidrSet trusted() {
        try {
            return CidrSet.parse(trustedProxies);
        } catch (IllegalArgumentException e) {
            throw ExitException.usage(
                    "Invalid value for option '--trusted-proxies': " + e.getMessage());
        }
    }
}
