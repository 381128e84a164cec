package dev.penstock.model.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "::, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "fd00:0:0:0:0:0:0:0, fd00::",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3"
    })
    void theTextIsCanonical(String written, String canonical) {
        byte[] bytes = AddressText.bytes(written);

        assertThat(AddressText.of(bytes, bytes.length)).isEqualTo(canonical);
    }
}
