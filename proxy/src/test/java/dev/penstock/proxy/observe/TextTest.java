package dev.penstock.proxy.observe;

import static dev.penstock.proxy.observe.Exchanges.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {

    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter COMMON =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "255.10.9.1",
                "::",
                "::1",
                "1::",
                "2001:db8::1",
                "2001:db8:0:1:1:1:1:1",
                "2001:0:0:1::1",
                "1:2:3:4:5:6:7:8",
                "fe80::abcd:0:0:12",
                "::ffff:0:1:2:3"
            })
    void addressesAreInTheirCanonicalForm(String address) {
        LineBuffer line = new LineBuffer();
        AddressText.put(line, Exchanges.address(address));
        assertThat(text(line)).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.000000",
        "999, 0.000000",
        "1000, 0.000001",
        "1500000000, 1.500000",
        "-7, 0.000000",
        "86400000000000, 86400.000000"
    })
    void durationsAreInSeconds(long nanos, String expected) {
        assertThat(text(new LineBuffer().putSeconds(nanos))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 7, 10, 99, 100, -1, -45, Long.MAX_VALUE})
    void numbersAreInDecimal(long value) {
        assertThat(text(new LineBuffer().put(value))).isEqualTo(Long.toString(value));
    }

    @Test
    void timesAreInUtc() {
        TimeText iso = new TimeText.Iso();
        TimeText common = new TimeText.Common();
        Random random = new Random(3);
        long millis = Exchanges.START;
        for (int i = 0; i < 10_000; i++) {
            Instant instant = Instant.ofEpochMilli(millis);
            assertThat(put(iso, millis)).isEqualTo(ISO.format(instant));
            assertThat(put(common, millis)).isEqualTo(COMMON.format(instant));
            // Often within the same second, sometimes years away.
            millis =
                    random.nextBoolean()
                            ? millis + random.nextInt(300)
                            : random.nextLong(4_000_000_000_000L);
        }
    }

    private static String put(TimeText time, long millis) {
        LineBuffer line = new LineBuffer();
        time.put(line, millis);
        return text(line);
    }
}
