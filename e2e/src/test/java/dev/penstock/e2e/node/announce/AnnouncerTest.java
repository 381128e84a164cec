package dev.penstock.e2e.node.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.Segment;
import dev.penstock.l4.announce.Announcer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client and two nodes on one bridge. Both nodes take packets for the addresses, and neither
 * kernel tells so to its neighbours: what the client finds is what was announced.
 */
class AnnouncerTest {

    private static final String V4 = "192.0.2.100";
    private static final String V6 = "2001:db8::100";
    private static final String FIRST_LINK = Segment.linkAddress(1);
    private static final String SECOND_LINK = Segment.linkAddress(2);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Segment segment;
    private NetworkNamespace client;
    private NetworkNamespace first;
    private NetworkNamespace second;

    @BeforeAll
    static void isPossible() {
        assumeTrue(NetworkNamespace.isPossible(), "a network namespace needs root");
    }

    @BeforeEach
    void build() throws IOException {
        segment = Segment.create();
        client = segment.host("client", 9);
        first = segment.host("first", 1);
        second = segment.host("second", 2);
        for (NetworkNamespace node : List.of(first, second)) {
            node.sysctl("net/ipv4/conf/all/arp_ignore", "1");
            node.ip("addr add " + V4 + "/32 dev lo\naddr add " + V6 + "/128 dev lo nodad\n");
        }
    }

    @AfterEach
    void tearDown() {
        if (segment != null) {
            segment.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void theClientFindsTheAddressAndSoonItsNewPlace(String address) {
        try (Announcer one = announcer(first);
                Announcer two = announcer(second)) {
            one.update(List.of(address));
            await().atMost(LIMIT).until(() -> answers(address));
            assertThat(neighbour(address)).contains(FIRST_LINK);

            one.update(List.of());
            two.update(List.of(address));
            // Without a packet of the client's.
            await().atMost(LIMIT).until(() -> neighbour(address).contains(SECOND_LINK));
            assertThat(answers(address)).isTrue();

            // It was not only told: it finds the new place by asking, too.
            client.run("ip", "neigh", "flush", "dev", "eth0");
            await().atMost(LIMIT).until(() -> answers(address));
            assertThat(neighbour(address)).contains(SECOND_LINK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void whatIsNoLongerAnnouncedIsNotFound(String address) {
        try (Announcer one = announcer(first)) {
            one.update(List.of(V4, V6));
            await().atMost(LIMIT).until(() -> answers(address));
            one.update(List.of());
            await().atMost(LIMIT)
                    .until(() -> {
                        client.run("ip", "neigh", "flush", "dev", "eth0");
                        return !answers(address);
                    });
        }
        assertThat(answers(address)).isFalse();
    }

    @Test
    void aLinkThatIsMadeAnewIsAnnouncedOnAgain() throws Exception {
        try (Announcer one = announcer(first)) {
            one.update(List.of(V4));
            await().atMost(LIMIT).until(() -> answers(V4));
            first.ip("link set eth0 address 02:00:00:00:00:07\n");
            client.run("ip", "neigh", "flush", "dev", "eth0");

            await().atMost(LIMIT.multipliedBy(2))
                    .until(() -> answers(V4) && neighbour(V4).contains("02:00:00:00:00:07"));
        }
    }

    private static Announcer announcer(NetworkNamespace node) {
        return node.call(() -> new Announcer(null));
    }

    /** By ICMP, or by a reset of a TCP port that nobody listens to. */
    private boolean answers(String address) {
        return client.call(() -> InetAddress.ofLiteral(address).isReachable(1_000));
    }

    private String neighbour(String address) {
        return client.run("ip", "neigh", "show", address);
    }
}
