package dev.penstock.l4.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NameResolverTest {

    private final TinyDnsServer server = new TinyDnsServer();
    private final NameResolver resolver = new NameResolver(List.of(server.address()), true);
    private final BlockingQueue<List<InetAddress>> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        resolver.close();
        server.close();
    }

    @Test
    void addressesOfBothFamiliesAreHeardSorted() throws InterruptedException {
        server.answer("a.example", 60, "192.0.2.2", "2001:db8::1", "192.0.2.1");

        watch("a.example");

        assertThat(next()).isEqualTo(addresses("192.0.2.1", "192.0.2.2", "2001:db8::1"));
    }

    @Test
    void oneFamilyIsEnough() throws InterruptedException {
        server.answer("six.example", 60, "2001:db8::1");
        server.answer("four.example", 60, "192.0.2.1");

        watch("six.example");
        assertThat(next()).isEqualTo(addresses("2001:db8::1"));
        watch("four.example");
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));
    }

    @Test
    void withoutIpv6OnTheMachineOnlyIpv4IsAskedFor() throws InterruptedException {
        server.answer("a.example", 60, "192.0.2.1", "2001:db8::1");
        try (NameResolver ipv4 = new NameResolver(List.of(server.address()), false)) {
            NameResolver.Watch _ = ipv4.watch("a.example", heard::add);

            assertThat(next()).isEqualTo(addresses("192.0.2.1"));
        }
    }

    @Test
    void aNameIsAskedForAgainWhenItsTimeToLiveIsOver() throws InterruptedException {
        server.answer("a.example", 1, "192.0.2.1");
        watch("a.example");
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));

        server.answer("a.example", 1, "192.0.2.2");

        assertThat(next()).isEqualTo(addresses("192.0.2.2"));
    }

    @Test
    void aZeroTimeToLiveDoesNotFloodTheServer() {
        server.answer("a.example", 0, "192.0.2.1");
        watch("a.example");

        await().atMost(5, TimeUnit.SECONDS).until(() -> server.queries() >= 3);

        assertThat(server.queries()).isLessThanOrEqualTo(4);
        assertThat(heard).as("an equal answer is not told again").hasSize(1);
    }

    @Test
    void theLastAnswerStandsWhileTheServerFails() throws InterruptedException {
        server.answer("a.example", 1, "192.0.2.1");
        watch("a.example");
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));

        server.fail("a.example", DnsResponseCode.SERVFAIL);
        int before = server.queries();
        await().atMost(10, TimeUnit.SECONDS).until(() -> server.queries() >= before + 2);
        assertThat(heard).isEmpty();

        server.answer("a.example", 60, "192.0.2.3");
        assertThat(next()).isEqualTo(addresses("192.0.2.3"));
    }

    @Test
    void aNameThatDoesNotExistHasNoAddressesUntilItDoes() throws InterruptedException {
        watch("late.example");
        assertThat(next()).isEmpty();

        server.answer("late.example", 60, "192.0.2.1");
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));
    }

    @Test
    void theLastAnswerStandsWhileTheNameHasNoAddress() throws InterruptedException {
        server.answer("a.example", 1, "192.0.2.1");
        watch("a.example");
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));

        server.answer("a.example", 1);
        int before = server.queries();
        await().atMost(10, TimeUnit.SECONDS).until(() -> server.queries() >= before + 2);

        assertThat(heard).isEmpty();
    }

    @Test
    void aNameThatCeasesToExistLosesItsAddresses() throws InterruptedException {
        server.answer("a.example", 1, "192.0.2.1");
        watch("a.example");
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));

        server.fail("a.example", DnsResponseCode.NXDOMAIN);

        assertThat(next()).isEmpty();
    }

    @Test
    void aClosedWatchAsksNoMore() throws InterruptedException {
        server.answer("a.example", 1, "192.0.2.1");
        server.answer("b.example", 1, "192.0.2.2");
        NameResolver.Watch watch = resolver.watch("a.example", heard::add);
        assertThat(next()).isEqualTo(addresses("192.0.2.1"));
        watch.close();
        server.answer("a.example", 1, "192.0.2.3");

        watch("b.example");
        int before = server.queries();
        await().atMost(10, TimeUnit.SECONDS).until(() -> server.queries() >= before + 3);

        assertThat(heard).containsExactly(addresses("192.0.2.2"));
    }

    private void watch(String name) {
        NameResolver.Watch _ = resolver.watch(name, heard::add);
    }

    private List<InetAddress> next() throws InterruptedException {
        List<InetAddress> next = heard.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("an answer within 10 s").isNotNull();
        return next;
    }

    private static List<InetAddress> addresses(String... literals) {
        return Stream.of(literals).map(InetAddress::ofLiteral).toList();
    }
}
