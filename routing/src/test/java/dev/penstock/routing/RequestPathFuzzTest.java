package dev.penstock.routing;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Runs its recorded inputs with the other tests; searches for more with {@code JAZZER_FUZZ=1}. */
class RequestPathFuzzTest {

    private final RequestPathInvariants invariants = new RequestPathInvariants();

    @FuzzTest(maxDuration = "2m")
    void whatIsServedIsFreeOfTraps(byte[] target) {
        invariants.check(target);
    }
}
