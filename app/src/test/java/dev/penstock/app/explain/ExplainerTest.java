package dev.penstock.app.explain;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.l4.L4Settings;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.Toggle;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.routing.Explanation;
import dev.penstock.tls.pem.SelfSigned;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExplainerTest {

    private static final ServiceName CART = new ServiceName("shop", "cart");

    private final Explainer explainer = explainer();

    @Test
    void namesRuleServiceEndpointsAndNearMisses() {
        assertThat(text("http://shop.example.com:8080/cart/items?id=1"))
                .isEqualToNormalizingNewlines(
                        """
                        request     GET http://shop.example.com/cart/items?id=1
                        answer      forwarded to shop/cart:80
                        rule        Ingress shop/shop spec.rules[0].http.paths[1]
                        host        shop.example.com
                        path        /cart/items by Prefix /cart
                        why         %s
                        service     shop/cart:80, ClusterIP, 1 of 2 endpoints used
                                    all ready endpoints
                                    + 10.0.0.1:8080 (shop/cart-1): ready
                                    - 10.0.0.2:8080: not ready
                        policies    set: load-balance random, response-timeout 1500ms
                                    default: ssl-redirect true, backend-protocol HTTP, \
                        connect-timeout 5s, idle-timeout 60s, max-body-size 0, \
                        service-upstream false, upstream-tls-verify false, allow-upgrades false, \
                        enable-opentelemetry as configured, \
                        opentelemetry-trust-incoming-span as configured
                        near misses Ingress shop/shop spec.rules[0].http.paths[0] \
                        (shop.example.com Prefix /): %s
                        """
                                .formatted(reason(), nearMissReason()));
    }

    /** The words are routing's own; what matters here is that they are passed on. */
    private String reason() {
        return routing().reason();
    }

    private String nearMissReason() {
        return routing().nearMisses().getFirst().reason();
    }

    private Explanation routing() {
        return requireNonNull(
                explain("http://shop.example.com/cart/items?id=1").routing(), "routing");
    }

    @Test
    void saysThatAServiceIsMissing() {
        RequestExplanation explanation = explain("http://shop.example.com/");
        assertThat(explanation.status()).isEqualTo(503);
        assertThat(explanation.answer()).isEqualTo("503: the Service does not exist");
    }

    @Test
    void saysThatPlainHttpIsRedirected() {
        RequestExplanation explanation = explain("secure.example.com/a?b");
        assertThat(explanation.answer()).isEqualTo("308 to https://secure.example.com/a?b");
    }

    @Test
    void neverRedirectsAnAcmeChallenge() {
        assertThat(explain("http://secure.example.com/.well-known/acme-challenge/x").answer())
                .isEqualTo("forwarded to shop/cart:80");
    }

    @Test
    void namesTheCertificateAClientIsShown() {
        assertThat(text("https://secure.example.com/"))
                .containsPattern("certificate +Secret shop/tls for secure.example.com, valid");
        assertThat(text("https://other.example.com/"))
                .containsPattern("certificate +made at start, self-signed; it is not for other");
    }

    @Test
    void saysThatNoHostMatches() {
        RequestExplanation explanation = explain("http://elsewhere/");
        assertThat(explanation.status()).isEqualTo(404);
        assertThat(ExplanationText.of(explanation)).contains("no host of the configuration");
    }

    @Test
    void saysWhyATargetIsRefused() {
        assertThat(explain("http://shop.example.com/a\\b").answer())
                .startsWith("400: ")
                .contains("backslash");
    }

    @Test
    void aHostFieldTakesThePlaceOfTheUrls() {
        ExplainRequest request =
                ExplainRequest.parse(
                        "http://127.0.0.1:8080/cart", "GET", List.of("Host: Shop.Example.Com:80"));
        assertThat(explainer.explain(request).answer()).isEqualTo("forwarded to shop/cart:80");
    }

    @Test
    void writesJson() {
        String json =
                new String(
                        ExplanationJson.of(explain("http://shop.example.com/cart")),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"answer\":\"forwarded to shop/cart:80\"")
                .contains("\"namespace\":\"shop\",\"name\":\"shop\"")
                .contains("\"miss\":\"LONGER_PREFIX_FIRST\"")
                .contains("{\"name\":\"load-balance\",\"value\":\"random\",\"default\":false}");
    }

    @Test
    void refusesWhatIsNoUrlOrField() {
        assertThatThrownBy(() -> ExplainRequest.parse("/cart", "GET", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://host/path");
        assertThatThrownBy(() -> ExplainRequest.parse("http://a/", "GET", List.of("nonsense")))
                .hasMessageContaining("Name: value");
    }

    private RequestExplanation explain(String url) {
        return explainer.explain(ExplainRequest.parse(url, "GET", List.of()));
    }

    private String text(String url) {
        return ExplanationText.of(explain(url));
    }

    private static Explainer explainer() {
        ObjectRef shop = new ObjectRef("Ingress", "shop", "shop");
        RouteAction cart = new RouteAction.Forward(ServicePortRef.byNumber(CART, 80));
        RouteAction missing =
                new RouteAction.Forward(
                        ServicePortRef.byNumber(new ServiceName("shop", "web"), 80));
        RoutePolicy policy =
                new RoutePolicy(
                        true,
                        BackendProtocol.HTTP,
                        LoadBalancing.RANDOM,
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1500),
                        Duration.ofSeconds(60),
                        0,
                        false,
                        false,
                        false,
                        Toggle.UNSET,
                        Toggle.UNSET);
        HostPattern plain = new HostPattern("shop.example.com");
        HostPattern secure = new HostPattern("secure.example.com");
        TreeMap<HostPattern, VirtualHost> hosts = new TreeMap<>();
        hosts.put(
                plain,
                new VirtualHost(
                        plain,
                        false,
                        List.of(
                                route(shop, 0, 0, PathMatch.ALL, missing, RoutePolicy.DEFAULT),
                                route(
                                        shop,
                                        0,
                                        1,
                                        new PathMatch(PathType.PREFIX, "/cart"),
                                        cart,
                                        policy))));
        hosts.put(
                secure,
                new VirtualHost(
                        secure,
                        true,
                        List.of(route(shop, 1, 0, PathMatch.ALL, cart, RoutePolicy.DEFAULT))));
        TreeMap<HostPattern, Certificate> certificates = new TreeMap<>();
        Certificate made = SelfSigned.create("x", List.of("secure.example.com"));
        certificates.put(
                secure,
                new Certificate(
                        new ObjectRef("Secret", "shop", "tls"), made.chainPem(), made.keyPem()));
        Services services = Services.of(Map.of(CART, cart()));
        return Explainer.of(
                new Configuration(
                        new HttpConfig(hosts, null),
                        new TlsConfig(certificates, null),
                        services,
                        List.of()),
                L4Settings.forManifests());
    }

    private static Route route(
            ObjectRef source,
            int rule,
            int path,
            PathMatch match,
            RouteAction action,
            RoutePolicy policy) {
        return new Route(new RouteId(source, rule, path), match, List.of(), action, policy);
    }

    private static Service cart() {
        Endpoint notReady =
                new Endpoint(
                        "10.0.0.2",
                        8080,
                        false,
                        false,
                        false,
                        null,
                        null,
                        Endpoint.Hints.NONE,
                        null);
        Endpoint ready =
                new Endpoint(
                        "10.0.0.1",
                        8080,
                        true,
                        true,
                        false,
                        null,
                        null,
                        Endpoint.Hints.NONE,
                        "shop/cart-1");
        return new Service(
                CART,
                ServiceType.CLUSTER_IP,
                List.of("10.96.0.1"),
                List.of(new ServicePort("", Protocol.TCP, 80, "", 0, "")),
                null,
                null,
                NodeTraffic.DEFAULT,
                Map.of("", List.of(ready, notReady)),
                Map.of(),
                null);
    }
}
