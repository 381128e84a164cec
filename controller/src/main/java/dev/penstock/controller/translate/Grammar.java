package dev.penstock.controller.translate;

import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.service.LoadBalancing;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a kind of annotation value is written.
 *
 * @param expected what a value looks like, for a message
 * @param parser gives the value; throws IllegalArgumentException for a text of another form
 */
record Grammar<V>(String expected, Function<String, V> parser) {

    /** {@code true} or {@code false}. */
    static final Grammar<Boolean> FLAG = new Grammar<>("true or false", Grammar::flag);

    /** A time span above zero: {@code 500ms}, {@code 1m30s}, or seconds as a bare number. */
    static final Grammar<Duration> DURATION =
            new Grammar<>("a duration such as 5s, 1m30s or 500ms", Grammar::duration);

    /** A number of bytes, with an optional power of 1024; 0 for no limit. */
    static final Grammar<Long> SIZE =
            new Grammar<>(
                    "a size such as 1048576, 512k, 10m or 1Gi; 0 for no limit", Grammar::size);

    /** The names of the protocols. */
    static final Grammar<BackendProtocol> PROTOCOL =
            oneOf(BackendProtocol.values(), BackendProtocol::name);

    /** The names of the ways to choose an endpoint. */
    static final Grammar<LoadBalancing> BALANCING =
            oneOf(LoadBalancing.values(), LoadBalancing::annotationValue);

    private static final Pattern DURATION_FORM =
            Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,7})m)?(?:(\\d{1,9})s)?(?:(\\d{1,12})ms)?");
    private static final Pattern SECONDS_FORM = Pattern.compile("\\d{1,9}");
    private static final Pattern SIZE_FORM = Pattern.compile("(\\d{1,18})([kKmMgG]?)i?");
    private static final Duration DURATION_MAX = Duration.ofDays(365);

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static Duration duration(String text) {
        Duration duration;
        if (SECONDS_FORM.matcher(text).matches()) {
            duration = Duration.ofSeconds(Long.parseLong(text));
        } else {
            Matcher form = DURATION_FORM.matcher(text);
            if (!form.matches()) {
                throw new IllegalArgumentException(text);
            }
            duration =
                    Duration.ofHours(number(form, 1))
                            .plusMinutes(number(form, 2))
                            .plusSeconds(number(form, 3))
                            .plusMillis(number(form, 4));
        }
        if (!duration.isPositive() || duration.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException(text);
        }
        return duration;
    }

    private static long number(Matcher form, int group) {
        String digits = form.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static long size(String text) {
        Matcher form = SIZE_FORM.matcher(text);
        if (!form.matches() || (form.group(2).isEmpty() && text.endsWith("i"))) {
            throw new IllegalArgumentException(text);
        }
        int shift =
                switch (form.group(2)) {
                    case "k", "K" -> 10;
                    case "m", "M" -> 20;
                    case "g", "G" -> 30;
                    default -> 0;
                };
        long number = Long.parseLong(form.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException(text);
        }
        return number << shift;
    }

    private static <E> Grammar<E> oneOf(E[] values, Function<E, String> name) {
        return new Grammar<>(
                Arrays.stream(values).map(name).collect(Collectors.joining(", ")),
                text -> {
                    for (E value : values) {
                        if (name.apply(value).equalsIgnoreCase(text)) {
                            return value;
                        }
                    }
                    throw new IllegalArgumentException(text);
                });
    }
}
