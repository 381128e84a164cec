package dev.penstock.l4.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {

    @Test
    void areThoseOfAllLinksButLoopbackAndServices() throws Exception {
        NetworkNamespace.run(() -> {
            assumeTrue(Command.exists("ip"), "needs iproute2");
            Command.of(
                            "sh",
                            "-ec",
                            """
                            ip link set lo up
                            ip link add br0 type bridge
                            ip link add penstock0 type bridge
                            ip addr add 192.168.7.1/24 dev br0
                            ip addr add 192.168.7.1/32 dev lo
                            ip addr add fd00:7::1/64 dev br0 nodad
                            ip addr add 10.96.0.1/32 dev penstock0
                            ip addr add fd00:96::1/128 dev penstock0 nodad
                            ip link set br0 up
                            ip link set penstock0 up
                            """)
                    .run();
            assertThat(LocalAddresses.read()).containsExactly("192.168.7.1", "fd00:7::1");
        });
    }
}
