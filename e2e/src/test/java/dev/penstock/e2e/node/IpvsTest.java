package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Services by ipvs mode; what takes much longer is in {@link IpvsLifeCycleTest}. */
@Tag("ipvs")
@NodeTest(NodeMode.IPVS)
final class IpvsTest {

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
    final class Datagram extends DatagramSuite {}

    @Nested
    final class Sctp extends SctpSuite {}

    @Nested
    final class Masquerade extends MasqueradeSuite {}

    @Nested
    final class Algorithm extends AlgorithmSuite {}

    @Nested
    final class Health extends HealthSuite {}

    @Nested
    final class BadInput extends BadInputSuite {}

    @Nested
    final class VirtualServer extends IpvsSuite {}
}
