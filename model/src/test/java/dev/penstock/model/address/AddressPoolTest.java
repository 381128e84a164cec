package dev.penstock.model.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPoolTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 254, 192.0.2.1, 192.0.2.254",
        "192.0.2.0/31, 2, 192.0.2.0, 192.0.2.1",
        "192.0.2.7/32, 1, 192.0.2.7, 192.0.2.7",
        "192.0.2.7, 1, 192.0.2.7, 192.0.2.7",
        "192.0.2.10-192.0.2.12, 3, 192.0.2.10, 192.0.2.12",
        "192.0.2.0-192.0.2.255, 256, 192.0.2.0, 192.0.2.255",
        "2001:db8::/64, 18446744073709551615, 2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff",
        "2001:db8::/127, 2, 2001:db8::, 2001:db8::1",
        "2001:db8::1:0-2001:db8::1:f, 16, 2001:db8::1:0, 2001:db8::1:f",
    })
    void networksAndRangesHoldTheAddressesThatHostsMayHave(
            String text, BigInteger size, String first, String last) {
        AddressPool pool = AddressPool.parse(text);
        IpFamily family = IpFamily.of(first);

        assertThat(pool.size(family)).isEqualTo(size);
        assertThat(pool.address(family, BigInteger.ZERO)).isEqualTo(first);
        assertThat(pool.address(family, size.subtract(BigInteger.ONE))).isEqualTo(last);
        assertThat(pool.contains(first)).isTrue();
        assertThat(pool.contains(last)).isTrue();
        assertThatThrownBy(() -> pool.address(family, size))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void severalPartsAreCountedThrough() {
        AddressPool pool = AddressPool.parse("192.0.2.1-192.0.2.2, 2001:db8::1,198.51.100.0/30");

        assertThat(pool.size(IpFamily.IPV4)).isEqualTo(4);
        assertThat(pool.address(IpFamily.IPV4, BigInteger.TWO)).isEqualTo("198.51.100.1");
        assertThat(pool.has(IpFamily.IPV6)).isTrue();
        assertThat(pool.contains("198.51.100.0")).isFalse();
        assertThat(pool.contains("198.51.100.3")).isFalse();
        assertThat(pool.contains("lb.example.com")).isFalse();
        assertThat(pool)
                .hasToString(
                        "192.0.2.1-192.0.2.2,2001:db8::1-2001:db8::1,198.51.100.1-198.51.100.2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | expected",
                "192.0.2.0/33 | expected",
                "192.0.2 | expected",
                "example.com | expected",
                "192.0.2.1, | expected",
                "192.0.2.9-192.0.2.1 | 192.0.2.9 is behind 192.0.2.1",
                "192.0.2.1-2001:db8::1 | has two families",
                "192.0.2.0/24,192.0.2.9 | overlaps",
                "127.0.0.0/8 | other hosts can reach",
                "224.0.0.0/24 | other hosts can reach",
                "fe80::/64 | other hosts can reach",
                "0.0.0.0/0 | other hosts can reach",
            })
    void refusesWhatIsNoPool(String text, String reason) {
        assertThatThrownBy(() -> AddressPool.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
