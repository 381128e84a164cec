package dev.penstock.app.demo;

import dev.penstock.app.echo.Echo;
import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.exit.StopSignals;
import dev.penstock.app.node.Rehearsal;
import dev.penstock.app.serve.ClusterSettings;
import dev.penstock.app.serve.ServeSettings;
import dev.penstock.app.serve.Server;
import dev.penstock.app.source.SourceSettings;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.controller.translate.TranslatorSettings;
import dev.penstock.l4.L4Settings;
import dev.penstock.proxy.echo.EchoServer;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.runtime.ProxySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Runs the demo. */
public final class Demo {

    private static final long START_MILLIS = 30_000;

    /**
     * Where to listen. A port that is taken is replaced by a free one.
     *
     * @param http the port for HTTP
     * @param https the port for HTTPS
     * @param admin the admin port
     */
    public record Ports(int http, int https, int admin) {

        /** Where the admin port is expected, by default. */
        public static final int ADMIN = 10254;
    }

    private Demo() {}

    /** Serves until a signal ends it. */
    public static int run(Ports wanted, String version, PrintWriter out)
            throws InterruptedException {
        StopSignals signals = StopSignals.install(() -> {});
        try (EchoServer web = Echo.start(loopback(0), "web");
                EchoServer cart = Echo.start(loopback(0), "cart");
                DemoManifests manifests =
                        DemoManifests.create(web.address().getPort(), cart.address().getPort());
                Server server = start(manifests.directory(), wanted, version)) {
            out.println("penstock is ready: " + server.summary());
            out.print(hints(server, manifests));
            out.flush();
            signals.await();
        }
        return ExitCode.OK;
    }

    /** Serves for a moment on free ports, and sends requests of every kind that is served. */
    public static int train(String version) throws InterruptedException {
        try (EchoServer web = Echo.start(loopback(0), "web");
                EchoServer cart = Echo.start(loopback(0), "cart");
                DemoManifests manifests =
                        DemoManifests.create(web.address().getPort(), cart.address().getPort());
                Server server = start(manifests.directory(), new Ports(0, 0, 0), version)) {
            Training.run(server.port("http"), server.port("https"), server.adminAddress());
            Rehearsal.run();
        } catch (IOException | SourceUnavailableException e) {
            throw new IllegalStateException("the training of a node's start failed", e);
        }
        return ExitCode.OK;
    }

    private static Server start(Path manifests, Ports wanted, String version)
            throws InterruptedException {
        List<ListenerSettings> listeners =
                List.of(
                        new ListenerSettings("http", free(wanted.http()), false),
                        new ListenerSettings("https", free(wanted.https()), true));
        Server server =
                Server.start(
                        new ServeSettings(
                                version,
                                new SourceSettings(manifests, true, null, null, Set.of(), ""),
                                TranslatorSettings.MANIFESTS,
                                ClusterSettings.NONE,
                                null,
                                ProxySettings.of(listeners, L4Settings.forManifests()),
                                free(wanted.admin()),
                                Duration.ZERO,
                                Duration.ofSeconds(5)));
        if (!server.awaitConfiguration(START_MILLIS)) {
            throw ExitException.failed("the demo did not start within 30 s", null);
        }
        server.listen();
        return server;
    }

    /** The port, or any where it is taken. */
    private static InetSocketAddress free(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(loopback(port));
            return loopback(port);
        } catch (IOException _) {
            return loopback(0);
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static String hints(Server server, DemoManifests manifests) {
        int http = server.port("http");
        int https = server.port("https");
        return """

        It serves a copy of examples/quickstart in %1$s
        Edit the files there: the next request sees the change.

        Try these in another terminal:

          curl -H 'Host: shop.example.com' http://127.0.0.1:%2$d/
          curl -H 'Host: shop.example.com' http://127.0.0.1:%2$d/cart
          curl -k --resolve shop.example.com:%3$d:127.0.0.1 https://shop.example.com:%3$d/
          curl --cacert %4$s --resolve account.example.com:%3$d:127.0.0.1 https://account.example.com:%3$d/
          curl -i -H 'Host: account.example.com' http://127.0.0.1:%2$d/login
          curl http://127.0.0.1:%5$d/readyz
          ./penstock explain%6$s http://shop.example.com:%2$d/cart

        Ctrl-C ends it.
        """
                .formatted(
                        manifests.directory(),
                        http,
                        https,
                        manifests.certificateFile(),
                        server.adminAddress().getPort(),
                        server.adminAddress().getPort() == Ports.ADMIN
                                ? ""
                                : " --admin http://127.0.0.1:" + server.adminAddress().getPort());
    }
}
