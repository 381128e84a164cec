package dev.penstock.controller.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ServiceObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceDecoderTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, a loopback",
        "127.3.2.1, a loopback",
        "::1, a loopback",
        "::ffff:127.0.0.1, a loopback",
        "0.0.0.0, an unspecified",
        "::, an unspecified",
        "169.254.169.254, a link-local",
        "fe80::1, a link-local",
        "224.0.0.1, a multicast",
        "239.1.2.3, a multicast",
        "ff02::1, a multicast"
    })
    void specialExternalAddressIsNamedAndLeftOut(String address, String kind) {
        ServiceObject service = service(List.of(address, "198.51.100.1"));

        assertThat(service.service().nodeTraffic().externalIps()).containsExactly("198.51.100.1");
        assertThat(service.findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.field()).isEqualTo("spec.externalIPs[0]");
                    assertThat(finding.message()).isEqualTo(address + " is " + kind + " address");
                    assertThat(finding.consequence()).isEqualTo("the address is left out");
                });
    }

    @Test
    void otherExternalAddressesAreTaken() {
        List<String> addresses = List.of("198.51.100.1", "10.0.0.1", "2001:db8::1", "fd00::1");

        ServiceObject service = service(addresses);

        assertThat(service.service().nodeTraffic().externalIps()).isEqualTo(addresses);
        assertThat(service.findings()).isEmpty();
    }

    private static ServiceObject service(List<String> externalIps) {
        Decoded decoded =
                new ObjectDecoder()
                        .decode(
                                Map.of(
                                        "apiVersion",
                                        "v1",
                                        "kind",
                                        "Service",
                                        "metadata",
                                        Map.of("name", "a", "namespace", "default"),
                                        "spec",
                                        Map.of(
                                                "ports",
                                                List.of(Map.of("port", 80)),
                                                "externalIPs",
                                                externalIps)),
                                Origin.API_SERVER);
        return (ServiceObject) ((Decoded.Accepted) decoded).object();
    }
}
