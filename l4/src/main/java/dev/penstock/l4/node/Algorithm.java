package dev.penstock.l4.node;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How new connections to a virtual service are spread over its destinations. {@link
 * #annotationValue()} is the value of {@code penstock.dev/l4-algorithm}. Not every mode has every
 * algorithm; see {@link RuleMode#algorithms()}.
 */
public enum Algorithm {
    /** Any, with equal chance. */
    RANDOM("random"),
    /** Each in turn. */
    ROUND_ROBIN("round-robin"),
    /** Any, with a chance in proportion to its weight. */
    WEIGHTED("weighted"),
    /**
     * By the client's address and port, the same on every node, moving few connections when
     * destinations change (Eisenbud et al., Maglev, NSDI 2016, section 3.4).
     */
    MAGLEV("maglev"),
    /** The one with the fewest open connections. */
    LEAST_CONNECTIONS("least-connections"),
    /** By the client's address alone. */
    SOURCE_HASH("source-hash");

    private final String annotationValue;

    Algorithm(String annotationValue) {
        this.annotationValue = annotationValue;
    }

    public String annotationValue() {
        return annotationValue;
    }

    /** The algorithm of an annotation's value; null where there is none such. */
    public static @Nullable Algorithm ofAnnotation(String value) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.annotationValue.equals(value))
                .findFirst()
                .orElse(null);
    }
}
