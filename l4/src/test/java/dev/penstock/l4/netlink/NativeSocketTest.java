package dev.penstock.l4.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class NativeSocketTest {

    private static final int AF_INET = 2;

    @Test
    void sendsAndReceivesWithTheSendersAddress() throws Exception {
        try (NativeSocket socket = udp();
                DatagramSocket peer = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            socket.receiveTimeout(Duration.ofSeconds(10));
            socket.sendTo(ByteBuffer.wrap("hello".getBytes(UTF_8)), address(peer.getLocalPort()));
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            peer.receive(packet);
            peer.send(packet);

            ByteBuffer data = ByteBuffer.allocate(100);
            ByteBuffer from = ByteBuffer.allocate(32).order(ByteOrder.BIG_ENDIAN);
            assertThat(socket.receiveFrom(data, from)).isTrue();
            assertThat(UTF_8.decode(data).toString()).isEqualTo("hello");
            assertThat(from.getShort(2) & 0xffff).isEqualTo(peer.getLocalPort());
            assertThat(from.getInt(4)).isEqualTo(0x7f000001);
        }
    }

    @Test
    void receivingEndsWithItsTimeout() throws Exception {
        try (NativeSocket socket = udp()) {
            socket.bind(address(0));
            socket.receiveTimeout(Duration.ofMillis(20));

            ByteBuffer data = ByteBuffer.allocate(100);
            assertThat(socket.receive(data)).isFalse();
            assertThat(data.hasRemaining()).isFalse();
        }
    }

    @Test
    void aRefusalSaysWhatAndWhy() throws Exception {
        assertThatThrownBy(() -> NativeSocket.open("a strange socket", 9999, 3, 0))
                .isInstanceOf(ErrnoException.class)
                .hasMessage(
                        "cannot open a strange socket: Address family not supported by protocol");
        try (NativeSocket socket = udp()) {
            assertThatThrownBy(() -> socket.option(NativeSocket.SOL_SOCKET, 9999, 1))
                    .hasMessage(
                            "cannot set option 1/9999 of a datagram socket:"
                                    + " Protocol not available");
        }
    }

    @Test
    void aClosedSocketRefusesEverything() throws Exception {
        NativeSocket socket = udp();
        socket.close();
        socket.close();

        assertThatThrownBy(() -> socket.bind(address(0)))
                .hasMessage("cannot bind a datagram socket: Bad file descriptor (closed)");
        assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1)))
                .isInstanceOf(ErrnoException.class);
    }

    private static NativeSocket udp() throws ErrnoException {
        return NativeSocket.open("a datagram socket", AF_INET, NativeSocket.SOCK_DGRAM, 0);
    }

    /** A {@code sockaddr_in} of 127.0.0.1. */
    private static byte[] address(int port) {
        return new byte[] {
            AF_INET, 0, (byte) (port >>> 8), (byte) port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
        };
    }
}
