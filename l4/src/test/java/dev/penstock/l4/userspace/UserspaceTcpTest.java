package dev.penstock.l4.userspace;

import static dev.penstock.l4.userspace.TestPlans.plan;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.service.Protocol;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TCP through real sockets on loopback, without redirection and so without root. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UserspaceTcpTest {

    private static final int LARGE = 100 * 1024 * 1024;

    private final UserspaceMode mode = new UserspaceMode(UserspaceSettings.of(false));
    private final List<AutoCloseable> closed = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        mode.close();
        for (AutoCloseable each : closed) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        closed.add(closeable);
        return closeable;
    }

    private static TestPlans.Draft web() {
        return TestPlans.service("web", Protocol.TCP, "10.96.0.1").port(1);
    }

    private InetSocketAddress address(VirtualService service) {
        return Objects.requireNonNull(mode.addresses().get(service.id()));
    }

    private InetSocketAddress serve(VirtualService service) throws RulesException {
        mode.apply(plan(service));
        return address(service);
    }

    private Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = closing(new Socket());
        socket.setSoTimeout(10_000);
        socket.connect(address, 10_000);
        return socket;
    }

    private String answer(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private InetSocketAddress refusing() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    /** An address that answers no SYN: a listener whose backlog is full. */
    private InetSocketAddress silent() throws IOException {
        ServerSocket listener = closing(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
        InetSocketAddress address = (InetSocketAddress) listener.getLocalSocketAddress();
        for (int i = 0; i < 4; i++) {
            Socket filler = closing(new Socket());
            try {
                filler.connect(address, 100);
            } catch (IOException _) {
                return address; // full
            }
        }
        throw new IOException("the backlog is not full");
    }

    @Test
    void sendsConnectionsToEachDestinationInTurn() throws Exception {
        List<Backend> backends =
                List.of(
                        closing(Backend.saying("a")),
                        closing(Backend.saying("b")),
                        closing(Backend.saying("c")));
        InetSocketAddress address =
                serve(
                        web().to(
                                        backends.stream()
                                                .map(Backend::address)
                                                .toArray(InetSocketAddress[]::new)));
        for (int i = 0; i < 300; i++) {
            assertThat(answer(address)).hasSize(1);
        }
        assertThat(backends).allSatisfy(each -> assertThat(each.accepted()).isEqualTo(100));
    }

    @Test
    void listensOnTheServicesOwnPortWhereItIsFree() throws Exception {
        int free = refusing().getPort();
        Backend backend = closing(Backend.saying("a"));
        VirtualService service = web().port(free).to(backend.address());
        assertThat(serve(service))
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), free));
        VirtualService second =
                TestPlans.service("other", Protocol.TCP, "10.96.0.2")
                        .port(free)
                        .to(backend.address());
        mode.apply(plan(service, second));
        assertThat(address(second).getPort()).isNotEqualTo(free);
        assertThat(answer(address(second))).isEqualTo("a");
    }

    @Test
    void servesIpv6OnItsLoopback() throws Exception {
        Backend backend = closing(Backend.echo("::1"));
        InetSocketAddress address =
                serve(
                        TestPlans.service("six", Protocol.TCP, "fd00::1")
                                .port(1)
                                .to(backend.address()));
        assertThat(address.getAddress()).isEqualTo(InetAddress.ofLiteral("::1"));
        assertThat(echoed(connect(address), "six")).isEqualTo("six");
    }

    private static String echoed(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return new String(socket.getInputStream().readNBytes(text.length()), US_ASCII);
    }

    @Test
    void passesOverADestinationThatRefuses() throws Exception {
        Backend backend = closing(Backend.saying("a"));
        InetSocketAddress address = serve(web().to(refusing(), backend.address()));
        for (int i = 0; i < 10; i++) {
            assertThat(answer(address)).isEqualTo("a");
        }
    }

    @Test
    void passesOverADestinationThatIsSilentAfterAQuarterOfASecond() throws Exception {
        Backend backend = closing(Backend.saying("a"));
        InetSocketAddress address = serve(web().to(silent(), backend.address()));
        long slowest = 0;
        for (int i = 0; i < 2; i++) {
            long begin = System.nanoTime();
            assertThat(answer(address)).isEqualTo("a");
            slowest = Math.max(slowest, System.nanoTime() - begin);
        }
        assertThat(Duration.ofNanos(slowest))
                .isBetween(Duration.ofMillis(250), Duration.ofMillis(750));
    }

    @Test
    void closesAConnectionAfterFourDestinationsRefused() throws Exception {
        InetSocketAddress address =
                serve(web().to(refusing(), refusing(), refusing(), refusing(), refusing()));
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> answer(address));
    }

    @Test
    void closesAConnectionWhereThereIsNoDestination() throws Exception {
        InetSocketAddress address = serve(web().to(new InetSocketAddress[0]));
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> answer(address));
    }

    @Test
    void readsNothingBeforeADestinationAnswers() throws Exception {
        Backend backend = closing(Backend.echo());
        InetSocketAddress address = serve(web().to(silent(), backend.address()));
        for (int i = 0; i < 2; i++) {
            Socket socket = connect(address);
            socket.getOutputStream().write("early".getBytes(US_ASCII));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("early");
        }
    }

    @Test
    void keepsAClientAtItsDestination() throws Exception {
        Backend a = closing(Backend.saying("a"));
        Backend b = closing(Backend.saying("b"));
        TestPlans.Draft draft = web().affinity(Duration.ofHours(1));
        InetSocketAddress address = serve(draft.to(a.address(), b.address()));
        String first = answer(address);
        for (int i = 0; i < 20; i++) {
            assertThat(answer(address)).isEqualTo(first);
        }
        Backend other = first.equals("a") ? b : a;
        mode.apply(plan(draft.to(other.address())));
        assertThat(answer(address)).isNotEqualTo(first);
        mode.apply(plan(draft.to(a.address(), b.address())));
        assertThat(answer(address)).isNotEqualTo(first);
    }

    @Test
    void movesAClientWhoseDestinationFails() throws Exception {
        Backend a = closing(Backend.saying("a"));
        Backend b = closing(Backend.saying("b"));
        InetSocketAddress address =
                serve(web().affinity(Duration.ofHours(1)).to(a.address(), b.address()));
        String first = answer(address);
        (first.equals("a") ? a : b).close();
        String second = answer(address);
        assertThat(second).isNotEqualTo(first);
        assertThat(answer(address)).isEqualTo(second);
    }

    @Test
    void beginsAndCeasesToKeepClients() throws Exception {
        Backend a = closing(Backend.saying("a"));
        Backend b = closing(Backend.saying("b"));
        InetSocketAddress address =
                serve(web().affinity(Duration.ofHours(1)).to(a.address(), b.address()));
        assertThat(answer(address)).isEqualTo(answer(address));
        mode.apply(plan(web().to(a.address(), b.address())));
        assertThat(answer(address)).isNotEqualTo(answer(address));
    }

    @Test
    void sendsAConnectionToWhereFewestAreOpen() throws Exception {
        Backend a = closing(Backend.echo());
        Backend b = closing(Backend.echo());
        Backend c = closing(Backend.echo());
        InetSocketAddress address =
                serve(
                        web().algorithm(Algorithm.LEAST_CONNECTIONS)
                                .to(a.address(), b.address(), c.address()));
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Socket socket = connect(address);
            assertThat(echoed(socket, "x")).isEqualTo("x");
            open.add(socket);
        }
        assertThat(List.of(a.accepted(), b.accepted(), c.accepted())).containsOnly(2);
        open.getFirst().close();
        int before = a.accepted() + b.accepted() + c.accepted();
        await().untilAsserted(() -> assertThat(mode.openFiles()).isEqualTo(1 + 2 * 5));
        for (int i = 0; i < 5; i++) {
            try (Socket socket = connect(address)) {
                assertThat(echoed(socket, "x")).isEqualTo("x");
            }
            await().untilAsserted(() -> assertThat(mode.openFiles()).isEqualTo(1 + 2 * 5));
        }
        assertThat(a.accepted() + b.accepted() + c.accepted()).isEqualTo(before + 5);
        assertThat(List.of(a.accepted(), b.accepted(), c.accepted())).contains(2, 2, 7);
    }

    @Test
    void weighsDestinations() throws Exception {
        Backend a = closing(Backend.saying("a"));
        Backend b = closing(Backend.saying("b"));
        Backend idle = closing(Backend.saying("c"));
        InetSocketAddress address =
                serve(
                        web().algorithm(Algorithm.WEIGHTED)
                                .to(
                                        TestPlans.destination(a.address(), true, 3),
                                        TestPlans.destination(b.address(), true, 1),
                                        TestPlans.destination(idle.address(), true, 0)));
        for (int i = 0; i < 40; i++) {
            assertThat(answer(address)).hasSize(1);
        }
        assertThat(List.of(a.accepted(), b.accepted(), idle.accepted())).containsExactly(30, 10, 0);
    }

    @Test
    void passesTheEndOfEitherDirectionOn() throws Exception {
        Backend backend =
                closing(
                        Backend.serving(socket -> {
                            socket.getOutputStream().write("hello ".getBytes(US_ASCII));
                            byte[] received = socket.getInputStream().readAllBytes();
                            socket.getOutputStream().write(received);
                        }));
        InetSocketAddress address = serve(web().to(backend.address()));
        Socket socket = connect(address);
        assertThat(socket.getInputStream().readNBytes(6)).asString().isEqualTo("hello ");
        socket.getOutputStream().write("world".getBytes(US_ASCII));
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("world");

        Backend talker =
                closing(
                        Backend.serving(each -> {
                            each.shutdownOutput();
                            assertThat(each.getInputStream().readAllBytes())
                                    .asString()
                                    .isEqualTo("late");
                            each.setSoLinger(true, 0);
                        }));
        mode.apply(plan(web().to(talker.address())));
        Socket second = connect(address);
        assertThat(second.getInputStream().read()).isEqualTo(-1);
        second.getOutputStream().write("late".getBytes(US_ASCII));
        second.shutdownOutput();
        await().untilAsserted(() -> assertThat(mode.openFiles()).isEqualTo(1));
    }

    @Test
    void passesAResetOn() throws Exception {
        Backend backend =
                closing(
                        Backend.serving(socket -> {
                            socket.getInputStream().read();
                            socket.setSoLinger(true, 0);
                        }));
        InetSocketAddress address = serve(web().to(backend.address()));
        Socket socket = connect(address);
        socket.getOutputStream().write('x');
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> socket.getInputStream().read());
        await().untilAsserted(() -> assertThat(mode.openFiles()).isEqualTo(1));
    }

    @Test
    void losesNoByteOfAHundredMegabytesEachWay() throws Exception {
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        Backend backend =
                closing(
                        Backend.serving(socket -> {
                            CompletableFuture<byte[]> sent = sending(socket.getOutputStream(), 2);
                            received.complete(digest(socket.getInputStream()));
                            sent.join();
                        }));
        InetSocketAddress address = serve(web().to(backend.address()));
        Socket socket = connect(address);
        CompletableFuture<byte[]> sent = sending(socket.getOutputStream(), 1);
        byte[] back = digest(socket.getInputStream());
        assertThat(received.join()).isEqualTo(sent.join()).isNotEqualTo(back);
        socket.close();
        await().untilAsserted(() -> assertThat(mode.openFiles()).isEqualTo(1));
    }

    private static CompletableFuture<byte[]> sending(OutputStream output, long seed) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        DigestOutputStream digest = new DigestOutputStream(output, sha256());
                        Random random = new Random(seed);
                        byte[] part = new byte[64 * 1024];
                        random.nextBytes(part);
                        for (int i = 0; i < LARGE / part.length; i++) {
                            part[0] = (byte) i;
                            digest.write(part);
                        }
                        digest.flush();
                        return digest.getMessageDigest().digest();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    private static byte[] digest(InputStream input) throws IOException {
        DigestInputStream digest = new DigestInputStream(input, sha256());
        byte[] part = new byte[64 * 1024];
        long total = 0;
        while (total < LARGE) {
            int count = digest.read(part);
            assertThat(count).isPositive();
            total += count;
        }
        return digest.getMessageDigest().digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void holdsAThousandIdleConnectionsAndGivesEveryDescriptorBack() throws Exception {
        Backend backend = closing(Backend.echo());
        InetSocketAddress address = serve(web().to(backend.address()));
        assertThat(echoed(connect(address), "warm")).isEqualTo("warm");
        int before = openDescriptors();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Socket socket = new Socket();
            socket.connect(address, 10_000);
            sockets.add(socket);
        }
        for (Socket socket : sockets) {
            assertThat(echoed(socket, "alive")).isEqualTo("alive");
        }
        assertThat(openDescriptors()).isGreaterThanOrEqualTo(before + 4000);
        for (Socket socket : sockets) {
            socket.close();
        }
        await().untilAsserted(() -> assertThat(openDescriptors()).isLessThanOrEqualTo(before));
        assertThat(mode.openFiles()).isEqualTo(3);
    }

    private static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }

    @Test
    void letsATransferFinishWhoseDestinationOrServiceGoes() throws Exception {
        Backend a = closing(Backend.echo());
        Backend b = closing(Backend.saying("b"));
        InetSocketAddress address = serve(web().to(a.address()));
        Socket socket = connect(address);
        assertThat(echoed(socket, "one")).isEqualTo("one");
        mode.apply(plan(web().to(b.address())));
        assertThat(answer(address)).isEqualTo("b");
        assertThat(echoed(socket, "two")).isEqualTo("two");
        mode.apply(NodePlan.EMPTY);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> answer(address));
        assertThat(echoed(socket, "three")).isEqualTo("three");
        assertThat(mode.addresses()).isEmpty();
    }

    @Test
    void failsNoConnectionWhileDestinationsChange() throws Exception {
        Backend steady = closing(Backend.saying("s"));
        Backend a = closing(Backend.saying("a"));
        Backend b = closing(Backend.saying("b"));
        InetSocketAddress address = serve(web().to(steady.address()));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        CompletableFuture<Void> client =
                CompletableFuture.runAsync(
                        () -> {
                            while (!done.get()) {
                                try {
                                    assertThat(answer(address)).hasSize(1);
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                                served.incrementAndGet();
                            }
                        },
                        task -> Thread.ofPlatform().daemon().start(task));
        for (int i = 0; i < 100; i++) {
            int target = served.get() + 3;
            mode.apply(
                    plan(
                            i % 2 == 0
                                    ? web().to(steady.address(), a.address())
                                    : web().to(b.address())));
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> client.isDone() || served.get() >= target);
        }
        done.set(true);
        client.join();
        assertThat(a.accepted()).isPositive();
        assertThat(b.accepted()).isPositive();
    }

    @Test
    void refusesConnectionsBeyondTheLimitOfDescriptors() throws Exception {
        Backend backend = closing(Backend.echo());
        UserspaceSettings few =
                new UserspaceSettings(
                        false, 1, UserspaceSettings.UDP_TIMEOUT_DEFAULT, 10, 10, 1 + 2 * 2);
        try (UserspaceMode small = new UserspaceMode(few)) {
            VirtualService service = web().to(backend.address());
            small.apply(plan(service));
            InetSocketAddress address = Objects.requireNonNull(small.addresses().get(service.id()));
            Socket first = connect(address);
            assertThat(echoed(first, "x")).isEqualTo("x");
            assertThat(echoed(connect(address), "x")).isEqualTo("x");
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> {
                        Socket third = connect(address);
                        assertThat(third.getInputStream().read()).isEqualTo(-2);
                    });
            first.close();
            await().untilAsserted(() -> assertThat(small.openFiles()).isEqualTo(3));
            assertThat(echoed(connect(address), "y")).isEqualTo("y");
        }
    }

    @Test
    void endsConnectionsWithTheProgram() throws Exception {
        Backend backend = closing(Backend.echo());
        Socket socket = connect(serve(web().to(backend.address())));
        assertThat(echoed(socket, "x")).isEqualTo("x");
        mode.close();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void saysWhichSocketIsNotServed() throws Exception {
        VirtualService sctp = TestPlans.service("sctp", Protocol.SCTP, "10.96.0.3").to(refusing());
        mode.apply(plan(sctp));
        assertThat(mode.addresses()).isEmpty();
        assertThat(Arrays.asList(Algorithm.values())).containsAll(mode.algorithms());
    }
}
