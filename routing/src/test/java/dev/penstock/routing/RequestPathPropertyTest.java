package dev.penstock.routing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathPropertyTest {

    private static final List<String> PIECES =
            List.of(
                    "/", "/", "/", ".", ".", "..", "%2e", "%2E", "%2f", "%2F", "%5c", "\\", "%00",
                    "%", "a", "b%20", "%7e", "%25", "%252e", ";", "%3b", "?", "#", "|", "é", "%c3");

    /** Targets of pieces that matter, so that they meet each other often. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsServedIsFreeOfTraps(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        RequestPathInvariants invariants = new RequestPathInvariants();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder target = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
            int pieces = random.nextInt(8);
            for (int j = 0; j < pieces; j++) {
                target.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            try {
                invariants.check(target.toString().getBytes(StandardCharsets.ISO_8859_1));
            } catch (AssertionError e) {
                Assertions.fail("seed " + seed + ", target " + target, e);
            }
        }
    }
}
