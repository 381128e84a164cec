package dev.penstock.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageHeadTest {

    private final MessageHead head = new MessageHead();

    private static List<String> fields(MessageHead head) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            fields.add(
                    head.text(head.nameStart(i), head.nameLength(i))
                            + '='
                            + head.text(head.valueStart(i), head.valueLength(i)));
        }
        return fields;
    }

    @Test
    void holdsFieldsInTheirOrder() {
        head.addField("X-One", "1");
        head.addField(HeaderName.ACCEPT, "2");
        head.addField("accept", "3");
        assertThat(fields(head)).containsExactly("X-One=1", "accept=2", "accept=3");
        assertThat(head.name(0)).isNull();
        assertThat(head.name(2)).isEqualTo(HeaderName.ACCEPT);
        assertThat(head.find(HeaderName.ACCEPT, 0)).isEqualTo(1);
        assertThat(head.find(HeaderName.ACCEPT, 2)).isEqualTo(2);
        assertThat(head.find(HeaderName.ACCEPT, 3)).isEqualTo(-1);
        assertThat(head.value(HeaderName.ACCEPT)).isEqualTo("2");
        assertThat(head.value(HeaderName.COOKIE)).isNull();
    }

    @Test
    void takesFieldsOut() {
        for (String name : new String[] {"X", "Via", "X", "Te", "Y"}) {
            head.addField(name, name);
        }
        head.removeFields("x".getBytes(StandardCharsets.US_ASCII));
        assertThat(fields(head)).containsExactly("Via=Via", "Te=Te", "Y=Y");
        head.removeFields(HeaderName.VIA.bit() | HeaderName.DATE.bit());
        assertThat(fields(head)).containsExactly("Te=Te", "Y=Y");
        assertThat(head.has(HeaderName.VIA)).isFalse();
        assertThat(head.has(HeaderName.TE)).isTrue();
        head.removeField(0);
        assertThat(fields(head)).containsExactly("Y=Y");
        assertThat(head.has(HeaderName.TE)).isFalse();
        head.removeFields("te".getBytes(StandardCharsets.US_ASCII));
        head.setField(HeaderName.TE, "new");
        head.setField(HeaderName.TE, "newer");
        assertThat(fields(head)).containsExactly("Y=Y", "te=newer");
    }

    @Test
    void growsWithWhatItHolds() {
        String value = "v".repeat(700);
        for (int i = 0; i < 100; i++) {
            head.addField("name-" + i, value);
        }
        assertThat(head.fieldCount()).isEqualTo(100);
        assertThat(fields(head).get(99)).isEqualTo("name-99=" + value);
    }

    @Test
    void copiesEqualAndClearsToNothing() {
        head.method(head.append("GET"), 3);
        head.authority(head.append("a:1"), 3);
        head.path(head.append("/p"), 2);
        head.upgrade(head.append("u"), 1);
        head.secure(true);
        head.teTrailers(true);
        head.expectContinue(true);
        head.bodyLength(7);
        head.status(200);
        head.addField(HeaderName.DATE, "now");
        MessageHead copy = new MessageHead();
        copy.addField("old", "old");
        copy.copyFrom(head);
        head.clear();
        assertThat(copy.method()).isEqualTo("GET");
        assertThat(copy.authority()).isEqualTo("a:1");
        assertThat(copy.path()).isEqualTo("/p");
        assertThat(copy.upgrade()).isEqualTo("u");
        assertThat(copy.secure() && copy.teTrailers() && copy.expectContinue()).isTrue();
        assertThat(copy.bodyLength()).isEqualTo(7);
        assertThat(copy.status()).isEqualTo(200);
        assertThat(fields(copy)).containsExactly("date=now");
        assertThat(copy.has(HeaderName.DATE)).isTrue();
        assertThat(head.size()).isZero();
        assertThat(head.fieldCount()).isZero();
        assertThat(head.method() + head.authority() + head.path() + head.upgrade()).isEmpty();
        assertThat(head.secure() || head.teTrailers() || head.expectContinue()).isFalse();
        assertThat(head.has(HeaderName.DATE)).isFalse();
    }

    @Test
    void appendsFromBuffersWithoutMovingTheirIndices() {
        ByteBuf buffer = Unpooled.copiedBuffer("0123456789", StandardCharsets.US_ASCII);
        head.append("ab");
        head.append(buffer, 2, 3);
        assertThat(head.text(0, head.size())).isEqualTo("ab234");
        assertThat(buffer.readableBytes()).isEqualTo(10);
        head.truncate(3);
        assertThat(head.text(0, head.size())).isEqualTo("ab2");
    }
}
