package dev.penstock.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.Problem;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthCheckPortsTest {

    private static final HttpClient client = HttpClient.newHttpClient();

    private final AtomicBoolean healthy = new AtomicBoolean(true);
    private final HealthCheckPorts ports = new HealthCheckPorts("node1", healthy::get);
    private final Map<ServiceName, Service> services = new TreeMap<>();
    private NodeFacts facts = NodeFacts.NONE;
    private int port;

    @BeforeEach
    void findAFreePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(0));
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        ports.close();
    }

    @Test
    void answersAsKubeProxyDoes() throws Exception {
        put("web", port, on("10.0.0.1", "node1"), on("10.0.0.2", "node1"), on("10.0.0.3", "two"));

        HttpResponse<String> answer = get("/healthz");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().strip())
                .isEqualTo(
                        "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},"
                                + "\"localEndpoints\":2,\"serviceProxyHealthy\":true}");
        assertThat(answer.headers().firstValue("x-load-balancing-endpoint-weight")).hasValue("2");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(get("/any/path").body()).isEqualTo(answer.body());
        assertThat(ports.problems()).isEmpty();
    }

    @Test
    void failsWhereNoReadyEndpointIsLocal() throws Exception {
        Endpoint terminating =
                new Endpoint(
                        "10.0.0.1",
                        80,
                        false,
                        true,
                        true,
                        "node1",
                        null,
                        Endpoint.Hints.NONE,
                        null);
        put("web", port, terminating, on("10.0.0.3", "two"));

        assertThat(get("/").statusCode()).isEqualTo(503);
        assertThat(get("/").body()).contains("\"localEndpoints\":0");

        put("web", port, on("10.0.0.1", "node1"));
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void failsWhileTheRulesAreBehind() throws Exception {
        put("web", port, on("10.0.0.1", "node1"));
        healthy.set(false);

        assertThat(get("/").statusCode()).isEqualTo(503);
        assertThat(get("/").body()).contains("\"serviceProxyHealthy\":false");
    }

    @Test
    void closesThePortWhenNobodyWantsItAnyMore() throws Exception {
        put("web", port, on("10.0.0.1", "node1"));
        get("/");

        put("web", 0, on("10.0.0.1", "node1"));

        assertThatThrownBy(() -> get("/")).isInstanceOf(ConnectException.class);
        put("web", port, on("10.0.0.1", "node1"));
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void thePortOfTwoServicesStaysWithTheFirstUntilThatGoes() throws Exception {
        put("web", port, on("10.0.0.1", "node1"));
        put("another", port, on("10.0.0.2", "node1"));

        assertThat(get("/").body()).contains("\"web\"");
        assertThat(ports.problems())
                .extracting(Problem::summary)
                .containsExactly(
                        "Service default/another spec.healthCheckNodePort: port "
                                + port
                                + " is that of default/web already; health checks of the Service"
                                + " are not answered here");

        services.remove(new ServiceName("default", "web"));
        ports.update(Services.of(services), facts);

        assertThat(get("/").body()).contains("\"another\"");
        assertThat(ports.problems()).isEmpty();
    }

    @Test
    void aPortThatIsTakenIsAProblemUntilItIsFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(port)) {
            put("web", taken.getLocalPort(), on("10.0.0.1", "node1"));
            assertThat(ports.problems())
                    .extracting(Problem::summary)
                    .singleElement()
                    .asString()
                    .contains("port " + port + " is not free on this node: ");
        }

        ports.update(Services.of(services), facts);

        assertThat(ports.problems()).isEmpty();
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void listensWhereNodePortsAreServed() throws Exception {
        facts = servedOn("127.0.0.1/32");
        put("web", port, on("10.0.0.1", "node1"));
        assertThat(get("/").statusCode()).isEqualTo(200);
        // Another of this machine's addresses.
        assertThatThrownBy(() -> get("127.0.0.2", "/")).isInstanceOf(ConnectException.class);

        facts = servedOn();
        ports.update(Services.of(services), facts);
        assertThat(get("127.0.0.2", "/").statusCode()).isEqualTo(200);

        facts = servedOn("127.0.0.1/32");
        ports.update(Services.of(services), facts);
        assertThat(get("/").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> get("127.0.0.2", "/")).isInstanceOf(ConnectException.class);
        assertThat(ports.problems()).isEmpty();
    }

    @Test
    void anAddressThatIsTakenIsNamedAndTheOthersAreOpen() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.2", port));
            facts =
                    new NodeFacts(
                            List.of(),
                            List.of(Cidr.parse("127.0.0.0/8")),
                            false,
                            false,
                            List.of("127.0.0.2"));
            put("web", port, on("10.0.0.1", "node1"));

            assertThat(get("/").statusCode()).isEqualTo(200);
            assertThat(ports.problems())
                    .extracting(Problem::summary)
                    .singleElement()
                    .asString()
                    .contains("not free on this node: 127.0.0.2: ");
        }
    }

    private static NodeFacts servedOn(String... networks) {
        List<Cidr> cidrs = Stream.of(networks).map(Cidr::parse).toList();
        return new NodeFacts(List.of(), cidrs, false, false, List.of("192.0.2.77"));
    }

    private void put(String name, int healthCheckNodePort, Endpoint... endpoints) {
        ServiceName service = new ServiceName("default", name);
        services.put(
                service,
                new Service(
                        service,
                        ServiceType.LOAD_BALANCER,
                        List.of("10.96.0.1"),
                        List.of(),
                        null,
                        null,
                        new NodeTraffic(
                                List.of(),
                                List.of(),
                                List.of(),
                                TrafficPolicy.CLUSTER,
                                TrafficPolicy.LOCAL,
                                healthCheckNodePort,
                                false),
                        Map.of("http", List.of(endpoints)),
                        Map.of(),
                        null));
        ports.update(Services.of(services), facts);
    }

    private static Endpoint on(String address, String node) {
        return new Endpoint(address, 80, true, true, false, node, null, Endpoint.Hints.NONE, null);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get("127.0.0.1", path);
    }

    private HttpResponse<String> get(String address, String path) throws Exception {
        URI uri = URI.create("http://" + address + ":" + port + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
