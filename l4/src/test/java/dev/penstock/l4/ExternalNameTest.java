package dev.penstock.l4;

import static dev.penstock.l4.TestServices.WEB;
import static dev.penstock.l4.TestServices.authorities;
import static dev.penstock.l4.TestServices.externalName;
import static dev.penstock.l4.TestServices.port;
import static dev.penstock.l4.TestServices.ref;
import static dev.penstock.l4.TestServices.services;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.l4.dns.TinyDnsServer;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.ServicePortRef;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalNameTest {

    private final TinyDnsServer dns = new TinyDnsServer();
    private final ServiceTable table = table(false);
    private final ServiceTable manifests = table(true);

    private ServiceTable table(boolean loopbackAllowed) {
        return new ServiceTable(
                new L4Settings(true, loopbackAllowed, null, null, List.of(dns.address()), 1_000));
    }

    @AfterEach
    void close() {
        table.close();
        manifests.close();
        dns.close();
    }

    @Test
    void aNameIsResolvedWhenARouteUsesItAndFollowsDns() {
        dns.answer("up.example", 1, "192.0.2.1", "192.0.2.2");
        table.update(services(externalName("up.example.", port("", Protocol.TCP, 80))));
        assertThat(dns.queries()).as("nobody uses it").isZero();

        BackendPort port = table.port(WEB);
        assertThat(port.endpoints().availability())
                .isIn(Availability.UNRESOLVED, Availability.AVAILABLE);
        await().until(() ->
                authorities(port.endpoints()).equals(List.of("192.0.2.1:80", "192.0.2.2:80")));
        assertThat(port.endpoints().externalName()).isEqualTo("up.example");
        assertThat(port.serviceUpstream()).isSameAs(port.endpoints());
        LiveEndpoint second = port.endpoints().get(1);

        dns.answer("up.example", 1, "192.0.2.2");
        await().until(() -> port.endpoints().size() == 1);
        assertThat(port.endpoints().get(0)).isSameAs(second);
        assertThat(table.explain(WEB).endpoints())
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint.used()).isTrue());
    }

    @Test
    void aServiceThatPointsElsewhereIsResolvedAnew() {
        dns.answer("a.example", 60, "192.0.2.1");
        dns.answer("b.example", 60, "192.0.2.2");
        table.update(services(externalName("a.example")));
        BackendPort port = table.port(WEB);
        await().until(() -> authorities(port.endpoints()).equals(List.of("192.0.2.1:80")));

        table.update(services(externalName("b.example")));
        await().until(() -> authorities(port.endpoints()).equals(List.of("192.0.2.2:80")));

        table.update(services(TestServices.web(TestServices.ready("10.0.0.1"))));
        assertThat(authorities(port.endpoints())).containsExactly("10.0.0.1:8080");
        assertThat(port.endpoints().externalName()).isNull();
    }

    @Test
    void aServiceWithoutPortsHasAnyNumberButNoNames() {
        table.update(services(externalName("192.0.2.1")));

        assertThat(authorities(table.port(ref("web", 8443)).endpoints()))
                .containsExactly("192.0.2.1:8443");
        assertThat(
                        table.port(ServicePortRef.byName(WEB.service(), "http"))
                                .endpoints()
                                .availability())
                .isEqualTo(Availability.NO_PORT);
    }

    @Test
    void aServiceWithPortsHasThese() {
        table.update(services(externalName("192.0.2.1", port("http", Protocol.TCP, 80))));

        assertThat(
                        authorities(
                                table.port(ServicePortRef.byName(WEB.service(), "http"))
                                        .endpoints()))
                .containsExactly("192.0.2.1:80");
        assertThat(table.port(ref("web", 81)).endpoints().availability())
                .isEqualTo(Availability.NO_PORT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "a.LOCALHOST.",
                "127.0.0.1",
                "127.1",
                "::1",
                "::ffff:127.0.0.1"
            })
    void namesOfThisMachineAreForManifestsOnly(String name) {
        table.update(services(externalName(name)));
        manifests.update(services(externalName(name)));

        assertThat(table.port(WEB).endpoints().availability()).isEqualTo(Availability.FORBIDDEN);
        assertThat(manifests.port(WEB).endpoints().availability())
                .isEqualTo(Availability.AVAILABLE);
        assertThat(dns.queries()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "0"})
    void otherForbiddenLiteralsAreForNobody(String name) {
        table.update(services(externalName(name)));
        manifests.update(services(externalName(name)));

        assertThat(table.port(WEB).endpoints().availability()).isEqualTo(Availability.FORBIDDEN);
        assertThat(manifests.port(WEB).endpoints().availability())
                .isEqualTo(Availability.FORBIDDEN);
    }

    @Test
    void forbiddenAddressesOfAnAnswerAreLeftOut() {
        dns.answer("mixed.example", 60, "127.0.0.1", "192.0.2.1");
        dns.answer("bad.example", 60, "127.0.0.1", "169.254.169.254");
        table.update(services(externalName("mixed.example")));
        BackendPort port = table.port(WEB);
        await().until(() -> authorities(port.endpoints()).equals(List.of("192.0.2.1:80")));

        table.update(services(externalName("bad.example")));
        await().until(() -> port.endpoints().availability() == Availability.FORBIDDEN);
        assertThat(table.explain(WEB).endpoints()).hasSize(2).allMatch(e -> !e.used());
    }

    @Test
    void aNameThatDoesNotExistIsUnresolved() {
        table.update(services(externalName("none.example")));
        BackendPort port = table.port(WEB);

        await().until(() -> table.explain(WEB).reason().equals("none.example has no address"));
        assertThat(port.endpoints().availability()).isEqualTo(Availability.UNRESOLVED);
    }

    @Test
    void aServiceWithoutANameIsUnresolved() {
        table.update(services(externalName(null)));

        assertThat(table.port(WEB).endpoints().availability()).isEqualTo(Availability.UNRESOLVED);
    }
}
