package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;

/** Services by iptables mode over the older of the command's two back ends. */
@NodeTest(NodeMode.IPTABLES_LEGACY)
final class IptablesLegacyTest {

    @Nested
    final class ClusterAddress extends ClusterAddressSuite {}

    @Nested
    final class NodePort extends NodePortSuite {}

    @Nested
    final class Sctp extends SctpSuite {}

    @Nested
    final class Restart extends RestartSuite {}

    @Nested
    final class Ownership extends OwnershipSuite {}
}
