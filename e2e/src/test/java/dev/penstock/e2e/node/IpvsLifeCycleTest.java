package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * Starts, ends, restarts and affinities of ipvs mode, which take the longer half of the time under
 * user-mode-linux, and so are run by {@code e2e/vm/junit --tag ipvs-life-cycle e2e} only.
 */
@Tag("ipvs-life-cycle")
@NodeTest(NodeMode.IPVS)
final class IpvsLifeCycleTest {

    @Nested
    final class Affinity extends AffinitySuite {}

    @Nested
    final class Restart extends RestartSuite {}

    @Nested
    final class Ownership extends OwnershipSuite {}
}
