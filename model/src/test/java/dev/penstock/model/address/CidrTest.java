package dev.penstock.model.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8",
        "' 10.1.2.3/31 ', 10.1.2.2/31",
        "192.168.1.1, 192.168.1.1/32",
        "0.0.0.0/0, 0.0.0.0/0",
        "fd00:244::1:5/64, fd00:244:0:0:0:0:0:0/64",
        "::1, 0:0:0:0:0:0:0:1/128"
    })
    void bitsBehindThePrefixAreCleared(String text, String written) {
        assertThat(Cidr.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "host/8", "::/129", "/8"})
    void malformedNetworkIsNamed(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("network: " + text);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.2/31, 10.1.2.3, true",
        "10.1.2.2/31, 10.1.2.4, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "::/0, 1.2.3.4, false",
        "fd00:244::/56, fd00:244:0:ff::1, true",
        "fd00:244::/56, fd00:244:0:100::1, false"
    })
    void containsTheAddressesThatShareItsPrefix(String cidr, String address, boolean expected) {
        assertThat(Cidr.parse(cidr).contains(InetAddress.ofLiteral(address))).isEqualTo(expected);
    }

    @Test
    void familyIsThatOfTheAddress() {
        assertThat(Cidr.parse("10.0.0.0/8").family()).isEqualTo(IpFamily.IPV4);
        assertThat(Cidr.parse("fd00::/8").family()).isEqualTo(IpFamily.IPV6);
    }
}
