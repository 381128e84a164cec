package dev.penstock.proxy.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrSetTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "203.0.113.7, 203.0.113.7, true",
        "203.0.113.7, 203.0.113.6, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, ::1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::/0, 10.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true"
    })
    void containsTheAddressesOfItsNetworks(String network, String address, boolean contained) {
        assertThat(CidrSet.parse(List.of(network)).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "name/8", "::/129"})
    void namesWhatIsMalformed(String network) {
        assertThatThrownBy(() -> CidrSet.parse(List.of(network)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("network: " + network);
    }

    @Test
    void theEmptySetContainsNothing() {
        assertThat(CidrSet.NONE.isEmpty()).isTrue();
        assertThat(CidrSet.NONE.contains(InetAddress.getLoopbackAddress())).isFalse();
    }
}
