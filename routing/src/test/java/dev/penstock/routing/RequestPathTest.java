package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.routing.RequestPath.Verdict;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {

    private final RequestPath path = new RequestPath();

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            textBlock =
                    """
                    /,                 /
                    /a,                /a
                    /a/,               /a/
                    /a?x=/../y,        /a
                    //,                //
                    //a//b/,           //a//b/
                    /a.b/..c/d../...,  /a.b/..c/d../...
                    /%61%2D%7e%5F%2e5, /a-~_.5
                    /a%2fb,            /a%2Fb
                    /%c3%a9,           /%C3%A9
                    /a%20b%25,         /a%20b%25
                    /%252e%252e/,      /%252e%252e/
                    /a[1]|{b}^`,       /a%5B1%5D%7C%7Bb%7D%5E%60
                    /a;b=1/c:d@e,      /a;b=1/c:d@e
                    /a!$&'()*+=,       /a!$&'()*+=
                    /a%3Fb%23,         /a%3Fb%23
                    """)
    void aPathWithoutDotSegmentsIsForwardedAsItCame(String target, String normalised) {
        assertThat(parse(target)).isEqualTo(Verdict.OK);
        assertThat(path).hasToString(normalised);
        assertThat(path.changed()).isFalse();
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            textBlock =
                    """
                    /.,                     /
                    /./,                    /
                    /a/.,                   /a/
                    /a/./b,                 /a/b
                    /a/..,                  /
                    /a/../,                 /
                    /a/../b,                /b
                    /a/b/../../c/./d/..,    /c/
                    /a/%2e%2E/b,            /b
                    /a/.%2e/b?q=../x,       /b?q=../x
                    /%2e/a,                 /a
                    /a//../b,               /a/b
                    /a//..,                 /a/
                    //..,                   /
                    /a/b/..?,               /a/?
                    /a/./%7e%20?%,          /a/~%20?%
                    '',                     /
                    ?x=1,                   /?x=1
                    """)
    void aTargetWithDotSegmentsIsForwardedResolvedWithItsQuery(String target, String forwarded) {
        assertThat(parse(target)).isEqualTo(Verdict.OK);
        assertThat(path.changed()).isTrue();
        assertThat(text(path.forwardLength())).isEqualTo(forwarded);
        assertThat(path).hasToString(forwarded.replaceFirst("\\?.*", ""));
    }

    @ParameterizedTest(name = "{0} is refused with {1}")
    @CsvSource(
            textBlock =
                    """
                    a,                     NOT_ABSOLUTE
                    *,                     NOT_ABSOLUTE
                    %2Fa,                  NOT_ABSOLUTE
                    ..,                    NOT_ABSOLUTE
                    /a%00,                 ESCAPED_CONTROL
                    /a%0a,                 ESCAPED_CONTROL
                    /%1F,                  ESCAPED_CONTROL
                    /%7F,                  ESCAPED_CONTROL
                    '/a\\b',               BACKSLASH
                    /a%5cb,                BACKSLASH
                    /..%5C,                BACKSLASH
                    /a#b,                  FRAGMENT
                    /a?b#c,                FRAGMENT
                    '/a b',                INVALID_BYTE
                    '/a?b c',              INVALID_BYTE
                    /%,                    MALFORMED_ESCAPE
                    /%4,                   MALFORMED_ESCAPE
                    /%4?1,                 MALFORMED_ESCAPE
                    /%g1,                  MALFORMED_ESCAPE
                    /%1g,                  MALFORMED_ESCAPE
                    /%2%35,                MALFORMED_ESCAPE
                    /%u002e,               MALFORMED_ESCAPE
                    /a%2fb/../c,           ESCAPED_SLASH_AND_DOT_SEGMENT
                    /a/./b%2Fc,            ESCAPED_SLASH_AND_DOT_SEGMENT
                    /a/..%2fb,             ESCAPED_SLASH_AND_DOT_SEGMENT
                    /a%2f..,               ESCAPED_SLASH_AND_DOT_SEGMENT
                    /a%2f%2e%2e%2fb,       ESCAPED_SLASH_AND_DOT_SEGMENT
                    /a%2f./b,              ESCAPED_SLASH_AND_DOT_SEGMENT
                    /a/..;/b,              DOT_SEGMENT_WITH_PARAMETER
                    /a/..;x=1/b,           DOT_SEGMENT_WITH_PARAMETER
                    /a/.%2e%3b/b,          DOT_SEGMENT_WITH_PARAMETER
                    /.;,                   DOT_SEGMENT_WITH_PARAMETER
                    /..,                   ABOVE_ROOT
                    /../a,                 ABOVE_ROOT
                    /a/../../b,            ABOVE_ROOT
                    /%2e%2e/,              ABOVE_ROOT
                    /./..,                 ABOVE_ROOT
                    """)
    void whatBackendsReadDifferentlyIsRefused(String target, Verdict verdict) {
        assertThat(parse(target)).isEqualTo(verdict);
        assertThat(verdict.reason()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x09, 0x0a, 0x0d, 0x1f, 0x20, 0x7f, 0x80, 0xe9, 0xff})
    void rawBytesOutsideOfVisibleAsciiAreRefusedInPathAndQuery(int value) {
        assertThat(parse("/a" + (char) value)).isEqualTo(Verdict.INVALID_BYTE);
        assertThat(parse("/a?" + (char) value)).isEqualTo(Verdict.INVALID_BYTE);
    }

    @Test
    void theQueryIsNotInterpreted() {
        assertThat(parse("/a?b=%&c=\\..\\%00/../%2f?")).isEqualTo(Verdict.OK);
        assertThat(path.changed()).isFalse();
        assertThat(path.queryStart()).isEqualTo("prefix/a?".length());
    }

    @Test
    void aTargetWithoutAQuestionMarkHasNoQuery() {
        assertThat(parse("/a")).isEqualTo(Verdict.OK);
        assertThat(path.queryStart()).isEqualTo(-1);
    }

    @Test
    void nothingRemainsOfTheRequestBefore() {
        assertThat(parse("/a/../b%2")).isEqualTo(Verdict.MALFORMED_ESCAPE);
        assertThat(parse("/x/./y?q")).isEqualTo(Verdict.OK);
        assertThat(parse("/c%2Fd")).isEqualTo(Verdict.OK);
        assertThat(path.changed()).isFalse();
        assertThat(path.queryStart()).isEqualTo(-1);
        assertThat(path).hasToString("/c%2Fd");
    }

    @Test
    void aLongTargetThatTriplesFitsAndItsBufferIsNotKept() {
        assertThat(parse("/" + "|".repeat(100_000))).isEqualTo(Verdict.OK);
        assertThat(path.length()).isEqualTo(300_001);

        assertThat(parse("/a")).isEqualTo(Verdict.OK);
        assertThat(path.bytes()).hasSizeLessThan(10_000);
        assertThat(path).hasToString("/a");
    }

    /** Parses a target that stands in the middle of a buffer. */
    private Verdict parse(String target) {
        byte[] bytes = ("prefix" + target + "/../suffix").getBytes(StandardCharsets.ISO_8859_1);
        return path.parse(bytes, "prefix".length(), target.length());
    }

    private String text(int length) {
        return new String(path.bytes(), 0, length, StandardCharsets.ISO_8859_1);
    }
}
