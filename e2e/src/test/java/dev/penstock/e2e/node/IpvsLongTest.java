package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * Services by ipvs mode: suites that take many minutes under user-mode-linux, and so are run by
 * {@code e2e/vm/junit --tag ipvs-long e2e} only.
 */
@Tag("ipvs-long")
@NodeTest(NodeMode.IPVS)
final class IpvsLongTest {

    @Nested
    final class NodePort extends NodePortSuite {}

    @Nested
    final class TrafficPolicy extends TrafficPolicySuite {}

    @Nested
    final class Endpoint extends EndpointSuite {}

    @Nested
    final class Affinity extends AffinitySuite {}

    @Nested
    final class Datagram extends DatagramSuite {}

    @Nested
    final class Restart extends RestartSuite {}

    @Nested
    final class Ownership extends OwnershipSuite {}

    @Nested
    final class Algorithm extends AlgorithmSuite {}

    @Nested
    final class Health extends HealthSuite {}

    @Nested
    final class BadInput extends BadInputSuite {}
}
