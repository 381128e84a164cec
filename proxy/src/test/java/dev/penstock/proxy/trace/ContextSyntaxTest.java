package dev.penstock.proxy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What W3C Trace Context, level 1, calls valid. */
class ContextSyntaxTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-00",
                "00-" + TRACE + "-" + SPAN + "-ff",
                "01-" + TRACE + "-" + SPAN + "-01",
                "cc-" + TRACE + "-" + SPAN + "-01",
                "cc-" + TRACE + "-" + SPAN + "-01-what-the-future-will-be-like",
                "00-00000000000000000000000000000001-0000000000000001-01",
            })
    void aValidParentIsFollowed(String value) {
        assertThat(isValidParent(value)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN,
                "00-" + TRACE + "-" + SPAN + "-0",
                "00-" + TRACE + "-" + SPAN + "-01-",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-" + TRACE + "-" + SPAN + "-012",
                "cc-" + TRACE + "-" + SPAN + "-01.more",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "0x-" + TRACE + "-" + SPAN + "-01",
                "00-0AF7651916cd43dd8448eb211c80319c-" + SPAN + "-01",
                "00-0af7651916cd43dd8448eb211c80319-" + SPAN + "-001",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-" + TRACE + "-" + SPAN + "-0G",
                "00_" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "." + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + ".01",
            })
    void anInvalidParentIsNot(String value) {
        assertThat(isValidParent(value)).isFalse();
    }

    private static boolean isValidParent(String value) {
        byte[] bytes = ("x" + value).getBytes(StandardCharsets.ISO_8859_1);
        return TraceParent.isValid(bytes, 1, value.length());
    }

    @Test
    void aParentIsReadAsItWasWritten() {
        byte[] bytes = new byte[1 + TraceParent.LENGTH];
        TraceParent.put(bytes, 1, 0x0af7651916cd43ddL, 0x8448eb211c80319cL, -1, true);
        assertThat(new String(bytes, 1, TraceParent.LENGTH, StandardCharsets.ISO_8859_1))
                .isEqualTo("00-" + TRACE + "-ffffffffffffffff-01");
        assertThat(TraceParent.id(bytes, 1 + TraceParent.TRACE_ID)).isEqualTo(0x0af7651916cd43ddL);
        assertThat(TraceParent.id(bytes, 1 + TraceParent.SPAN_ID)).isEqualTo(-1);
        assertThat(TraceParent.isSampled(bytes, 1)).isTrue();
        TraceParent.put(bytes, 1, 0, 1, 2, false);
        assertThat(TraceParent.isSampled(bytes, 1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "congo=t61rcWkgMzE",
                "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
                " foo=1 ,\tbar=2 ",
                "foo=1,,bar=2,",
                "tenant@vendor=a b",
                "0tenant@v=1",
                "a_-*/9=!\"#~",
            })
    void aValidStateIsPassedOn(String value) {
        assertThat(isValidState(value)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo",
                "foo=",
                "foo= ",
                "=1",
                "Foo=1",
                "foo =1",
                "foo=1,foo=2",
                "foo=1=2",
                "foo@=1",
                "@foo=1",
                "a@b@c=1",
                "foo=\u00e9",
                "f.o=1",
            })
    void anInvalidStateIsNot(String value) {
        assertThat(isValidState(value)).isFalse();
    }

    @Test
    void aStateHasThirtyTwoMembersAtMost() {
        assertThat(isValidState(members(0, 32))).isTrue();
        assertThat(isValidState(members(0, 33))).isFalse();
        assertThat(isValidState(members(0, 16), members(16, 32))).isTrue();
        assertThat(isValidState(members(0, 16), members(16, 33))).isFalse();
    }

    @Test
    void fieldsOfAStateAreOneList() {
        assertThat(isValidState("foo=1", "bar=2")).isTrue();
        assertThat(isValidState("foo=1", "foo=2")).isFalse();
    }

    @Test
    void keysAndValuesHaveALongestLength() {
        assertThat(isValidState("a".repeat(256) + "=" + "b".repeat(256))).isTrue();
        assertThat(isValidState("a".repeat(257) + "=1")).isFalse();
        assertThat(isValidState("a=" + "b".repeat(257))).isFalse();
    }

    private static String members(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "k" + i + "=v")
                .collect(Collectors.joining(","));
    }

    private static boolean isValidState(String... fields) {
        MessageHead head = new MessageHead();
        for (String field : fields) {
            head.addField(HeaderName.TRACESTATE, field);
        }
        return new TraceState().isValid(head);
    }
}
