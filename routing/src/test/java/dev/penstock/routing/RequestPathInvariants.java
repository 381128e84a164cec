package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.routing.RequestPath.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** What must hold for every target whatsoever. */
final class RequestPathInvariants {

    private final RequestPath path = new RequestPath();
    private final RequestPath again = new RequestPath();

    void check(byte[] target) {
        byte[] before = target.clone();
        Verdict verdict = path.parse(target, 0, target.length);
        assertThat(target).as("the target is read only").isEqualTo(before);
        if (verdict != Verdict.OK) {
            return;
        }
        String normalised = path.toString();
        String lower = normalised.toLowerCase(Locale.ROOT);
        assertThat(normalised).startsWith("/").matches("[!-~]+").doesNotContain("?", "#", "\\");
        assertThat(lower).doesNotContain("%00", "%5c", "%2e", "%7f");
        assertNoDotSegments(lower.split("/", -1));
        // As a server sees it that decodes before it splits.
        assertNoDotSegments(lower.replace("%2f", "/").split("/", -1));
        assertIdempotent(normalised);
        assertForwarded(target, normalised);
    }

    private static void assertNoDotSegments(String[] segments) {
        for (String segment : segments) {
            assertThat(segment).isNotIn(".", "..").doesNotMatch("\\.\\.?(;|%3b).*");
        }
    }

    private void assertIdempotent(String normalised) {
        byte[] bytes = normalised.getBytes(StandardCharsets.US_ASCII);
        assertThat(again.parse(bytes, 0, bytes.length)).isEqualTo(Verdict.OK);
        assertThat(again).hasToString(normalised);
        assertThat(again.changed()).isFalse();
    }

    /** What goes upstream means the same path and has the same query as what came. */
    private void assertForwarded(byte[] target, String normalised) {
        byte[] forwarded =
                path.changed() ? Arrays.copyOf(path.bytes(), path.forwardLength()) : target;
        assertThat(again.parse(forwarded, 0, forwarded.length)).isEqualTo(Verdict.OK);
        assertThat(again).hasToString(normalised);
        assertThat(query(forwarded, again)).isEqualTo(query(target, path));
    }

    private static String query(byte[] target, RequestPath parsed) {
        return parsed.queryStart() < 0
                ? "none"
                : "?"
                        + new String(target, StandardCharsets.ISO_8859_1)
                                .substring(parsed.queryStart());
    }
}
