package dev.penstock.e2e.node;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Services by ipvs mode; the suites that take longer are in {@link IpvsLongTest}. */
@Tag("ipvs")
@NodeTest(NodeMode.IPVS)
final class IpvsTest {

    @Nested
    final class ClusterAddress extends ClusterAddressSuite {}

    @Nested
    final class ExternalAddress extends ExternalAddressSuite {}

    @Nested
    final class Sctp extends SctpSuite {}

    @Nested
    final class Masquerade extends MasqueradeSuite {}

    @Nested
    final class VirtualServer extends IpvsSuite {}
}
