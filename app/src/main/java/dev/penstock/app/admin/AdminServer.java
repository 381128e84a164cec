package dev.penstock.app.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a fixed set of pages by GET and HEAD, and takes changes by PUT where a page does;
 * everything else is 404 or 405. Uses the JDK's own server, so that a data plane in trouble can
 * still be looked at.
 */
public final class AdminServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

    private static final int BACKLOG = 64;

    static {
        // Bounds on what a client can make the server hold; read once by the JDK, in seconds.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "60");
        System.setProperty("sun.net.httpserver.idleInterval", "30");
        System.setProperty("jdk.httpserver.maxConnections", "256");
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, AdminPage> pages;
    private final @Nullable AdminPage otherwise;

    private AdminServer(
            HttpServer server, Map<String, AdminPage> pages, @Nullable AdminPage otherwise) {
        this.server = server;
        this.pages = Map.copyOf(pages);
        this.otherwise = otherwise;
    }

    /**
     * Starts to serve.
     *
     * @param address where to listen; port 0 takes a free one
     * @param pages the pages by path
     * @throws IOException if the address cannot be listened on
     */
    public static AdminServer start(InetSocketAddress address, Map<String, AdminPage> pages)
            throws IOException {
        return start(new AdminServer(HttpServer.create(address, BACKLOG), pages, null));
    }

    /** Starts to serve one page at every path; otherwise as {@link #start}. */
    public static AdminServer startEverywhere(InetSocketAddress address, AdminPage page)
            throws IOException {
        return start(new AdminServer(HttpServer.create(address, BACKLOG), Map.of(), page));
    }

    private static AdminServer start(AdminServer admin) {
        admin.server.createContext("/", admin::handle);
        admin.server.setExecutor(admin.threads);
        admin.server.start();
        return admin;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange), exchange.getRequestMethod().equals("HEAD"));
        }
    }

    private AdminAnswer answer(HttpExchange exchange) {
        AdminPage page = pages.getOrDefault(exchange.getRequestURI().getPath(), otherwise);
        String method = exchange.getRequestMethod();
        boolean put = method.equals("PUT") && page instanceof ChangingPage;
        if (!put && !method.equals("GET") && !method.equals("HEAD")) {
            String allowed = page instanceof ChangingPage ? "GET, HEAD, PUT" : "GET, HEAD";
            return AdminAnswer.text(405, "only " + allowed).with("Allow", allowed);
        }
        if (page == null) {
            return AdminAnswer.text(404, "not found; there is " + known());
        }
        if (put
                && !mayChange(
                        exchange.getRemoteAddress().getAddress(),
                        exchange.getRequestHeaders().getFirst("Origin"))) {
            return AdminAnswer.text(403, "changes are taken from programs on this machine only");
        }
        try {
            String accept = exchange.getRequestHeaders().getFirst("Accept");
            AdminQuery query =
                    AdminQuery.parse(
                            exchange.getRequestURI().getRawQuery(), accept == null ? "" : accept);
            return put && page instanceof ChangingPage changing
                    ? changing.change(query)
                    : page.answer(query);
        } catch (IllegalArgumentException e) {
            return AdminAnswer.text(400, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            log.warn("The admin port could not answer {}", exchange.getRequestURI().getPath(), e);
            return AdminAnswer.text(500, "internal error; see the log");
        }
    }

    /**
     * Whether who asks may change anything: a program on this machine, and no page in its browser,
     * which would have sent {@code Origin}.
     */
    static boolean mayChange(InetAddress client, @Nullable String origin) {
        return client.isLoopbackAddress() && origin == null;
    }

    private String known() {
        return pages.keySet().stream()
                .filter(path -> path.lastIndexOf('/') == 0)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static void send(HttpExchange exchange, AdminAnswer answer, boolean head)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        byte[] body = answer.body();
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
