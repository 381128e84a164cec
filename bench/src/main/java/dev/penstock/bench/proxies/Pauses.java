package dev.penstock.bench.proxies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long Penstock's JVM let all its threads stand, for a collection or anything else, as its log
 * of safepoints tells.
 */
final class Pauses {

    private static final Pattern PAUSE = Pattern.compile("\\[safepoint.*Total: +(\\d+) ns");

    private static final String OPTIONS = "PENSTOCK_JAVA_OPTS";

    private final Path log;
    private long before;

    Pauses(Path log) {
        this.log = log;
    }

    /** What Penstock is to be started with. */
    Map<String, String> environment() {
        String given = System.getenv().getOrDefault(OPTIONS, "");
        return Map.of(OPTIONS, given + " -Xlog:safepoint:file=" + log + ":tags:filecount=0");
    }

    /** Leaves out those there were so far. */
    void restart() throws IOException {
        before = all().size();
    }

    int count() throws IOException {
        return Math.toIntExact(all().size() - before);
    }

    double longestMillis() throws IOException {
        return all().stream().skip(before).mapToLong(Long::longValue).max().orElse(0) / 1e6;
    }

    private List<Long> all() throws IOException {
        if (!Files.exists(log)) {
            return List.of();
        }
        return Files.readAllLines(log).stream()
                .map(PAUSE::matcher)
                .filter(Matcher::find)
                .map(matcher -> Long.valueOf(matcher.group(1)))
                .toList();
    }
}
