package dev.penstock.l4;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {

    private final AddressRules cluster = new AddressRules(false);
    private final AddressRules manifests = new AddressRules(true);

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            textBlock =
                    """
                    127.0.0.1,               loopback
                    127.255.255.254,         loopback
                    127.1,                   loopback
                    ::1,                     loopback
                    0:0:0:0:0:0:0:1,         loopback
                    ::ffff:127.0.0.1,        loopback
                    ::ffff:7f00:1,           loopback
                    ::127.0.0.1,             loopback
                    64:ff9b::127.0.0.1,      loopback
                    0.0.0.0,                 unspecified
                    0.1.2.3,                 unspecified
                    ::,                      unspecified
                    ::ffff:0.0.0.0,          unspecified
                    169.254.169.254,         link-local
                    169.254.0.1,             link-local
                    ::ffff:169.254.169.254,  link-local
                    64:ff9b::a9fe:a9fe,      link-local
                    fe80::1,                 link-local
                    febf::1,                 link-local
                    fd00:ec2::254,           metadata
                    fd00:0ec2:0::0254,       metadata
                    fd20:ce::254,            metadata
                    168.63.129.16,           metadata
                    100.100.100.200,         metadata
                    ::ffff:100.100.100.200,  metadata
                    224.0.0.1,               multicast
                    239.255.255.250,         multicast
                    ff02::1,                 multicast
                    255.255.255.255,         broadcast
                    10.0.0.1,
                    192.168.1.1,
                    100.64.0.1,
                    169.253.255.255,
                    169.255.0.0,
                    128.0.0.1,
                    1.1.1.1,
                    fd00:ec2::253,
                    2001:db8::1,
                    fec0::1,
                    ::ffff:10.0.0.1,
                    64:ff9b::8.8.8.8,
                    """)
    void addressesOfThisMachineAndOfCloudsAreRefused(String address, @Nullable String kind) {
        assertThat(cluster.refusal(InetAddress.ofLiteral(address))).isEqualTo(kind);
        assertThat(manifests.refusal(InetAddress.ofLiteral(address)))
                .isEqualTo("loopback".equals(kind) ? null : kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost", "a.localhost", "a.b.LOCALHOST"})
    void namesOfThisMachineAreRefusedInACluster(String name) {
        assertThat(cluster.refusesName(name)).isTrue();
        assertThat(manifests.refusesName(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost.example.com", "notlocalhost", "example.com"})
    void otherNamesAreNot(String name) {
        assertThat(cluster.refusesName(name)).isFalse();
    }
}
