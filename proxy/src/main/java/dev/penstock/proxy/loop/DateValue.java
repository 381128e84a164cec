package dev.penstock.proxy.loop;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of {@code Date} (RFC 9110 section 5.6.7), made once a second on each event loop. */
public final class DateValue {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final FastThreadLocal<DateValue> CURRENT =
            new FastThreadLocal<>() {
                @Override
                protected DateValue initialValue() {
                    return new DateValue();
                }
            };

    private long second = -1;
    private byte[] value = new byte[0];

    private DateValue() {}

    /** That of this second, for the calling event loop. The array is not to be changed. */
    public static byte[] now() {
        return CURRENT.get().at(System.currentTimeMillis() / 1000);
    }

    private byte[] at(long now) {
        if (now != second) {
            second = now;
            value = FORMAT.format(Instant.ofEpochSecond(now)).getBytes(StandardCharsets.US_ASCII);
        }
        return value;
    }
}
