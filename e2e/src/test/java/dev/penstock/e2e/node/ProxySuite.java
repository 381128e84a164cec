package dev.penstock.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.node.lab.Attempt;
import dev.penstock.e2e.node.lab.Lab;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.Peer;
import dev.penstock.e2e.node.lab.TcpSession;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What only a proxy of the program's own can do, and what one could get wrong. */
abstract class ProxySuite extends NodeSuite {
    private static final int TRANSFER_BYTES = 100 * 1024 * 1024;
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int IDLE_CONNECTIONS = 1000;

    @Test
    final void anotherBackendIsTriedWhereOneRefuses() {
        TestService web =
                web().to(TestEndpoint.of(lab().b1()).port(1), TestEndpoint.of(lab().b3()));
        serve(web);
        for (String address : web.clusterIps()) {
            assertThat(lab().pod().tcpTimes(20, address, 80))
                    .extracting(Peer::server)
                    .containsOnly("b3");
        }
    }

    @Test
    final void anotherBackendIsTriedWhereOneIsSilent() {
        TestService web =
                web().to(
                                TestEndpoint.at(Lab.BLACKHOLE, "", "node2"),
                                TestEndpoint.of(lab().b3()).onlyIpv4());
        serve(web);
        for (int i = 0; i < 4; i++) {
            Attempt attempt = lab().pod().tcp(web.clusterIps().getFirst(), 80);
            assertThat(attempt.answered().server()).isEqualTo("b3");
            assertThat(attempt.took()).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    final void connectionIsClosedWhereEveryBackendRefuses() {
        TestService web =
                web().to(TestEndpoint.of(lab().b1()).port(1), TestEndpoint.of(lab().b3()).port(1));
        serve(web);
        Attempt attempt = lab().pod().tcp(web.clusterIps().getFirst(), 80);
        assertThat(attempt.outcome()).isIn(Outcome.CLOSED, Outcome.REFUSED);
    }

    @Test
    final void clientMayEndItsHalfAndReadTheRest() throws IOException {
        TestService web = web(lab().b1());
        serve(web);
        for (String address : web.clusterIps()) {
            try (TcpSession session = lab().client().open(address, 80)) {
                session.channel().socket().getOutputStream().write("the end".getBytes(UTF_8));
                session.channel().shutdownOutput();
                byte[] rest = session.channel().socket().getInputStream().readAllBytes();
                assertThat(new String(rest, UTF_8)).isEqualTo("the end");
            }
        }
    }

    @Test
    final void largeTransferBothWaysLosesNoByte() throws Exception {
        TestService web = web(lab().b3());
        serve(web);
        try (TcpSession session = lab().client().open(web.clusterIps().getFirst(), 80)) {
            Thread writer = Thread.ofVirtual().start(() -> write(session));
            InputStream in = session.channel().socket().getInputStream();
            Random expected = new Random(1);
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = 0; read < TRANSFER_BYTES; read += CHUNK_BYTES) {
                expected.nextBytes(chunk);
                byte[] seen = in.readNBytes(CHUNK_BYTES);
                assertThat(Arrays.equals(seen, chunk)).as("bytes from %d on", read).isTrue();
            }
            writer.join();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    private static void write(TcpSession session) {
        Random random = new Random(1);
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            OutputStream out = session.channel().socket().getOutputStream();
            for (int written = 0; written < TRANSFER_BYTES; written += CHUNK_BYTES) {
                random.nextBytes(chunk);
                out.write(chunk);
            }
            session.channel().shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    final void thousandIdleConnectionsWorkAndLeaveNoDescriptorBehind() throws IOException {
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        String address = web.clusterIps().getFirst();
        answers(lab().pod(), address, 80);
        int before = descriptors();
        List<TcpSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE_CONNECTIONS; i++) {
                sessions.add(lab().pod().open(address, 80));
            }
            for (TcpSession session : sessions) {
                assertThat(session.echo("still there")).isEqualTo("still there");
            }
        } finally {
            sessions.forEach(TcpSession::close);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(descriptors()).isLessThan(before + 50));
    }

    private int descriptors() {
        File folder = new File("/proc/" + program().process().process().pid() + "/fd");
        return Objects.requireNonNull(folder.list()).length;
    }
}
