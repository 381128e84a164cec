package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;

/** Services by iptables mode. */
@NodeTest(NodeMode.IPTABLES)
final class IptablesTest {

    @Nested
    final class ClusterAddress extends ClusterAddressSuite {}

    @Nested
    final class NodePort extends NodePortSuite {}

    @Nested
    final class ExternalAddress extends ExternalAddressSuite {}

    @Nested
    final class TrafficPolicy extends TrafficPolicySuite {}

    @Nested
    final class Endpoint extends EndpointSuite {}

    @Nested
    final class Affinity extends AffinitySuite {}

    @Nested
    final class Datagram extends DatagramSuite {}

    @Nested
    final class Sctp extends SctpSuite {}

    @Nested
    final class Masquerade extends MasqueradeSuite {}

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
