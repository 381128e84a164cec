package dev.penstock.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeaderNameTest {

    private static @Nullable HeaderName find(String text) {
        byte[] bytes = ("x" + text + "y").getBytes(StandardCharsets.ISO_8859_1);
        return HeaderName.find(bytes, 1, text.length());
    }

    @Test
    void findsEachNameInAnyCase() {
        for (HeaderName name : HeaderName.values()) {
            assertThat(find(name.text())).isEqualTo(name);
            assertThat(find(name.text().toUpperCase(Locale.ROOT))).isEqualTo(name);
        }
    }

    @Test
    void findsNothingThatOnlyLooksLikeAName() {
        for (HeaderName name : HeaderName.values()) {
            String text = name.text();
            assertThat(find(text + "s")).isNotEqualTo(name);
            assertThat(find(text.substring(1))).isNotEqualTo(name);
            // One bit off: what folding case by a bit would take for equal.
            assertThat(find(text.replace('-', '\r'))).isIn(text.contains("-") ? null : name);
        }
        assertThat(find("")).isNull();
        assertThat(find("\u00e5ccept")).isNull();
    }

    @Test
    void eachNameHasABitOfItsOwn() {
        Set<Long> bits = new HashSet<>();
        for (HeaderName name : HeaderName.values()) {
            assertThat(name.bit()).isNotZero();
            assertThat(bits.add(name.bit())).isTrue();
        }
    }
}
