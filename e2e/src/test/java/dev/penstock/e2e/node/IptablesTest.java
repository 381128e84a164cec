package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;

/** Services by iptables mode. */
@NodeTest(NodeMode.IPTABLES)
final class IptablesTest {

    @Nested
    final class ClusterAddress extends ClusterAddressSuite {}

    @Nested
    final class ExternalAddress extends ExternalAddressSuite {}

    @Nested
    final class Endpoint extends EndpointSuite {}

    @Nested
    final class Masquerade extends MasqueradeSuite {}

    @Nested
    final class Restart extends RestartSuite {}
}
