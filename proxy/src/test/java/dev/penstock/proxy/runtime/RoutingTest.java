package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.proxy.runtime.RawConnection.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private static Response get(ProxyFixture proxy, String host, String target) throws Exception {
        try (RawConnection client = RawConnection.to(proxy.httpPort())) {
            return client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .response();
        }
    }

    @Test
    void aRequestGoesToTheServiceOfItsRoute() throws Exception {
        try (Origin shop = Origin.answering("shop");
                Origin cart = Origin.answering("cart");
                ProxyFixture proxy = new ProxyFixture()) {
            proxy.service("shop", shop.address())
                    .service("cart", cart.address())
                    .route("shop.example.com", "/", "shop")
                    .route("shop.example.com", "/cart", "cart")
                    .apply();

            assertThat(get(proxy, "shop.example.com", "/").body()).isEqualTo("shop");
            assertThat(get(proxy, "SHOP.example.com.:80", "/cart/1").body()).isEqualTo("cart");
            assertThat(get(proxy, "shop.example.com", "/cartoon").body()).isEqualTo("shop");
        }
    }

    @Test
    void withoutARouteTheAnswerIs404() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture()) {
            assertThat(get(proxy, "shop.example.com", "/").status()).isEqualTo(404);
        }
    }

    @Test
    void aServiceThatDoesNotExistOrHasNoEndpointIs503() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture()) {
            proxy.route("a.example.com", "/", "missing")
                    .service("empty")
                    .route("b.example.com", "/", "empty")
                    .apply();

            assertThat(get(proxy, "a.example.com", "/").status()).isEqualTo(503);
            assertThat(get(proxy, "b.example.com", "/").status()).isEqualTo(503);
        }
    }

    @Test
    void anEndpointThatRefusesConnectionsIs502() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        try (ProxyFixture proxy = new ProxyFixture()) {
            proxy.simple(nobody);

            Response response = get(proxy, ProxyFixture.HOST, "/");

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.body()).contains("request id: ");
        }
    }

    @Test
    void aRouteThatAnswersDoesSoAtOnce() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture()) {
            proxy.route(
                            ProxyFixture.HOST,
                            "/",
                            new RouteAction.Respond(418, "teapot"),
                            RoutePolicy.DEFAULT)
                    .apply();

            assertThat(get(proxy, ProxyFixture.HOST, "/").status()).isEqualTo(418);
        }
    }

    @Test
    void aTargetThatServersReadDifferentlyIs400() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture()) {
            proxy.simple(origin.address());

            assertThat(get(proxy, ProxyFixture.HOST, "/a%00b").status()).isEqualTo(400);
            assertThat(get(proxy, ProxyFixture.HOST, "/a%5cb").status()).isEqualTo(400);
            assertThat(get(proxy, ProxyFixture.HOST, "/../b").status()).isEqualTo(400);
            assertThat(origin.heads).isEmpty();
        }
    }

    @Test
    void aPathGoesUpstreamAsItCameUnlessItHeldDotSegments() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture()) {
            proxy.simple(origin.address());

            get(proxy, ProxyFixture.HOST, "/%61/b%2Fc//d?x=/../%zz");
            get(proxy, ProxyFixture.HOST, "/a/./b/../c?x=1");

            assertThat(origin.heads.get(0)).startsWith("GET /%61/b%2Fc//d?x=/../%zz HTTP/1.1\r\n");
            assertThat(origin.heads.get(1)).startsWith("GET /a/c?x=1 HTTP/1.1\r\n");
        }
    }
}
