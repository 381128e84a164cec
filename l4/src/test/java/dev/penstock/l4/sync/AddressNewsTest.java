package dev.penstock.l4.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressNewsTest {

    private static final long SPAN = AddressNews.SPAN.toNanos();
    // Such times overflow: only their differences count.
    private static final long START = Long.MAX_VALUE - SPAN / 2;

    private final AddressNews news = new AddressNews();

    @Test
    void theFirstAddressesAreNoNews() {
        assertThat(news.of(List.of("192.0.2.1"), START)).isNull();
        assertThat(news.of(List.of("192.0.2.1"), START + SPAN)).isNull();
    }

    @Test
    void whatComesAndGoesIsToldAtOnce() {
        news.of(List.of("192.0.2.1"), START);

        assertThat(news.of(List.of("192.0.2.2", "192.0.2.3"), START + 1))
                .isEqualTo(
                        "Addresses of this node changed: 192.0.2.2, 192.0.2.3 came;"
                                + " 192.0.2.1 went");
    }

    @Test
    void anAddressThatComesAndGoesIsToldOnceASpan() {
        List<String> without = List.of("192.0.2.1");
        List<String> with = List.of("192.0.2.1", "192.0.2.9");
        news.of(without, START);
        long lines =
                IntStream.rangeClosed(1, 1000)
                        .filter(i -> news.of(i % 2 == 0 ? without : with, START + i) != null)
                        .count();

        assertThat(lines).isEqualTo(1);
        // It was told that it came: whether that is still so is told when the span is over.
        assertThat(news.of(with, START + 2 * SPAN)).isNull();
        assertThat(news.of(without, START + 3 * SPAN)).endsWith("192.0.2.9 went");
    }

    @Test
    void aLineNamesAFewOfMany() {
        news.of(List.of(), START);
        List<String> many = IntStream.range(0, 5000).mapToObj(i -> "fd00::" + i).toList();

        assertThat(news.of(many, START + 1)).hasSizeLessThan(200).endsWith("and 4992 more came");
    }
}
