package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Services by iptables mode over the older of the command's two back ends, and SCTP. */
@Tag("ipvs")
@NodeTest(NodeMode.IPTABLES)
final class IptablesLegacyTest {

    @Nested
    final class ClusterAddress extends ClusterAddressSuite {}

    @Nested
    final class ExternalAddress extends ExternalAddressSuite {}

    @Nested
    final class Ownership extends OwnershipSuite {}

    @Nested
    final class Sctp extends SctpSuite {}
}
