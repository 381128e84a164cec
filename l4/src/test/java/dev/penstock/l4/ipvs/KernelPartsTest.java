package dev.penstock.l4.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.netlink.NetlinkSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ipvs")
class KernelPartsTest {

    @Test
    void theKernelHasIpvs() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.GENERIC)) {
            assertThat(socket.genericFamily("IPVS")).isPositive();
        }
    }
}
