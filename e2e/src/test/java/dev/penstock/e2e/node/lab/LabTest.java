package dev.penstock.e2e.node.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lab itself, without any rules: what the other tests take for granted. */
final class LabTest {

    @Test
    void everybodyReachesEveryPodByItsOwnAddressAndUnknownServicesAreUnreachable()
            throws Exception {
        assumeTrue(NetworkNamespace.isPossible(), "needs root on Linux");
        try (Lab lab = Lab.create()) {
            for (Host from : List.of(lab.pod(), lab.b1())) {
                for (Host to : lab.backends()) {
                    for (String address : List.of(to.ipv4(), to.ipv6())) {
                        Peer peer = from.tcp(address, 8080).answered();
                        assertThat(peer.server()).isEqualTo(to.name());
                        assertThat(peer.sees(from)).isTrue();
                        try (UdpSocket udp = from.udp(address)) {
                            assertThat(udp.ask(address, 8080).answered().sees(from)).isTrue();
                        }
                    }
                }
            }
            for (Host from : List.of(lab.client(), lab.pod(), lab.node1())) {
                assertThat(from.tcp("10.96.0.1", 80).outcome()).isEqualTo(Outcome.UNREACHABLE);
                assertThat(from.tcpBriefly("fd00:96::1", 80).peer()).isNull();
            }
            assertThat(lab.node1().tcp(lab.b3().ipv4(), 8080).answered().sees(lab.node1()))
                    .isTrue();
            assertThat(lab.node1().tcp(lab.b3().ipv4(), 1).outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(lab.pod().tcpBriefly(Lab.BLACKHOLE, 80).outcome()).isEqualTo(Outcome.SILENT);
        }
    }
}
