package dev.penstock.controller.translate;

import dev.penstock.controller.state.IngressNginx;
import dev.penstock.model.ProblemReason;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The annotations under {@code penstock.dev/}, and some of ingress-nginx: their names, their
 * grammars, what they set.
 */
final class AnnotationTable {

    private static final String PREFIX = "penstock.dev/";
    private static final int SUGGESTION_DISTANCE_MAX = 3;

    private static final SortedMap<String, Setting<?>> SETTINGS =
            new TreeMap<>(
                    Map.ofEntries(
                            setting("ssl-redirect", Grammar.FLAG, PolicyBuilder::sslRedirect),
                            setting("backend-protocol", Grammar.PROTOCOL, PolicyBuilder::protocol),
                            setting(
                                    "load-balance",
                                    Grammar.BALANCING,
                                    PolicyBuilder::loadBalancing),
                            setting(
                                    "connect-timeout",
                                    Grammar.DURATION,
                                    PolicyBuilder::connectTimeout),
                            setting(
                                    "response-timeout",
                                    Grammar.DURATION,
                                    PolicyBuilder::responseTimeout),
                            setting("idle-timeout", Grammar.DURATION, PolicyBuilder::idleTimeout),
                            setting("max-body-size", Grammar.SIZE, PolicyBuilder::maxBodySize),
                            setting(
                                    "service-upstream",
                                    Grammar.FLAG,
                                    PolicyBuilder::serviceUpstream),
                            setting(
                                    "upstream-tls-verify",
                                    Grammar.FLAG,
                                    PolicyBuilder::upstreamTlsVerify),
                            setting("allow-upgrades", Grammar.FLAG, PolicyBuilder::upgrades),
                            setting("enable-opentelemetry", Grammar.FLAG, PolicyBuilder::tracing),
                            setting(
                                    "opentelemetry-trust-incoming-span",
                                    Grammar.FLAG,
                                    PolicyBuilder::trustIncomingSpan)));

    private AnnotationTable() {}

    /** One annotation. */
    private record Setting<V>(Grammar<V> grammar, BiConsumer<PolicyBuilder, V> target) {
        /** Sets the value; throws IllegalArgumentException for a text that is none. */
        void apply(String text, PolicyBuilder policy) {
            target.accept(policy, grammar.parser().apply(text));
        }
    }

    private static <V> Map.Entry<String, Setting<?>> setting(
            String name, Grammar<V> grammar, BiConsumer<PolicyBuilder, V> target) {
        return Map.entry(name, new Setting<>(grammar, target));
    }

    /** Reads an Ingress's annotations; what is wrong is added to the problems. */
    static PolicyBuilder read(Map<String, String> annotations, ProblemList problems) {
        PolicyBuilder policy = new PolicyBuilder();
        // Sorted, so that problems come in one order, and ours after those of ingress-nginx.
        for (Map.Entry<String, String> entry : new TreeMap<>(annotations).entrySet()) {
            String key = entry.getKey();
            if (key.startsWith(PREFIX)) {
                read(key, key.substring(PREFIX.length()), entry.getValue(), policy, problems);
            } else if (IngressNginx.isRead(key)) {
                String name = key.substring(IngressNginx.PREFIX.length());
                read(key, name, entry.getValue(), policy, problems);
            }
        }
        return policy;
    }

    private static void read(
            String annotation,
            String name,
            String text,
            PolicyBuilder policy,
            ProblemList problems) {
        Setting<?> setting = SETTINGS.get(name);
        if (setting == null) {
            String near = nearest(name, SETTINGS.keySet());
            report(
                    annotation,
                    "unknown annotation"
                            + (near == null ? "" : " (did you mean " + PREFIX + near + "?)"),
                    "it is ignored",
                    problems);
            return;
        }
        try {
            setting.apply(text.strip(), policy);
        } catch (IllegalArgumentException _) {
            report(
                    annotation,
                    shown(text) + " is no value (expected: " + setting.grammar.expected() + ")",
                    "the default is used",
                    problems);
        }
    }

    private static void report(
            String annotation, String message, String consequence, ProblemList problems) {
        problems.add(
                "metadata.annotations[" + annotation + "]",
                0,
                ProblemReason.InvalidAnnotation,
                message,
                consequence);
    }

    /** A value as it may stand in a message. */
    private static String shown(String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return "\"" + cut.replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    /** The known name that is most like another; null when none is much like it. */
    private static @Nullable String nearest(String name, Collection<String> known) {
        String best = null;
        int least = SUGGESTION_DISTANCE_MAX + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** The edit distance (Levenshtein). */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > SUGGESTION_DISTANCE_MAX) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
