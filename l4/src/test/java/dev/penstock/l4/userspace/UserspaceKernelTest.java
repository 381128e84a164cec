package dev.penstock.l4.userspace;

import static dev.penstock.l4.userspace.TestPlans.destination;
import static dev.penstock.l4.userspace.TestPlans.plan;
import static dev.penstock.l4.userspace.TestPlans.service;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Redirection by the kernel's own rules: the body's namespace is a node that is also the pods'; a
 * second one is a client that routes everything to the node.
 */
class UserspaceKernelTest {

    private static final String NODE4 = "10.1.0.1";
    private static final String NODE6 = "fd01::1";
    private static final String OUTSIDE = "10.1.0.2";
    private static final String POD = "10.244.0.5";

    /** Who makes the rules. */
    enum Rules {
        NFTABLES,
        IPTABLES,
        IPTABLES_LEGACY;

        Redirects redirects() {
            return switch (this) {
                case NFTABLES -> new NftRedirects();
                case IPTABLES -> new IptablesRedirects();
                case IPTABLES_LEGACY -> new IptablesRedirects(Iptables.Backend.LEGACY);
            };
        }
    }

    /** What a test does with a node and a client. */
    interface Body {
        void run(UserspaceMode mode, Peer client) throws Exception;
    }

    private static NodeFacts facts(boolean localhost, String... nodePortCidrs) {
        return new NodeFacts(
                List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/64")),
                List.of(nodePortCidrs).stream().map(Cidr::parse).toList(),
                false,
                localhost,
                List.of(NODE4, NODE6));
    }

    private static void run(Rules rules, Body body) throws Exception {
        NetworkNamespace.run(() -> {
            Redirects redirects = rules.redirects();
            String missing = redirects.missing();
            assumeTrue(missing == null, missing);
            try (Peer client = new Peer();
                    UserspaceMode mode = new UserspaceMode(UserspaceSettings.of(true), redirects)) {
                ip("link set lo up");
                ip("link add node type veth peer name client netns " + client.thread());
                ip("link set node up");
                sysctl("ipv4/ip_forward", "1");
                sysctl("ipv6/conf/all/forwarding", "1");
                // Redirects use up the ICMP errors that the client may have in a second.
                sysctl("ipv4/conf/all/send_redirects", "0");
                sysctl("ipv4/conf/node/send_redirects", "0");
                ip("addr add " + NODE4 + "/24 dev node");
                ip("addr add " + NODE6 + "/64 dev node nodad");
                ip("route add 10.244.0.0/16 dev node");
                ip("route add default via " + OUTSIDE);
                ip("-6 route add default via fd01::2");
                client.call(() -> {
                    ip("link set lo up");
                    ip("link set client up");
                    ip("addr add " + OUTSIDE + "/24 dev client");
                    ip("addr add " + POD + "/32 dev client");
                    ip("addr add fd01::2/64 dev client nodad");
                    ip("route add default via " + NODE4);
                    ip("-6 route add default via " + NODE6);
                    return true;
                });
                body.run(mode, client);
            }
        });
    }

    private static void sysctl(String name, String value) throws IOException {
        Files.writeString(Path.of("/proc/sys/net", name), value);
    }

    private static void ip(String arguments) throws CommandException {
        Command.of(("ip " + arguments).split(" ")).run();
    }

    private static String tcp(String address, int port) throws IOException {
        return tcp(null, address, port);
    }

    private static String tcp(
            @org.jspecify.annotations.Nullable String from, String address, int port)
            throws IOException {
        try (Socket socket = new Socket()) {
            if (from != null) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            }
            socket.setSoTimeout(5_000);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 700);
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static String udp(String address, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(700);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            socket.send(new DatagramPacket(new byte[] {'x'}, 1));
            DatagramPacket packet = new DatagramPacket(new byte[10], 10);
            socket.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), US_ASCII);
        }
    }

    private static <T> T from(Peer client, Callable<T> action) throws Exception {
        return client.call(action);
    }

    /** Answers each datagram with itself. */
    private static DatagramSocket echo() throws IOException {
        DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(NODE4), 0));
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                    while (!socket.isClosed()) {
                        try {
                            socket.receive(packet);
                            socket.send(packet);
                        } catch (IOException _) {
                            return;
                        }
                    }
                });
        return socket;
    }

    private static TestPlans.Draft web() {
        return service("web", Protocol.TCP, "10.96.0.1");
    }

    @ParameterizedTest
    @EnumSource
    void redirectsEveryAddressOfAService(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend backend = Backend.saying("a")) {
                        mode.apply(
                                plan(
                                        facts(false),
                                        web().externalIps("192.0.2.1")
                                                .loadBalancer("192.0.2.2")
                                                .nodePort(30080)
                                                .to(backend.address())));
                        for (String address : List.of("10.96.0.1", "192.0.2.1", "192.0.2.2")) {
                            assertThat(tcp(address, 80)).isEqualTo("a");
                            assertThat(from(client, () -> tcp(address, 80))).isEqualTo("a");
                        }
                        assertThat(tcp(NODE4, 30080)).isEqualTo("a");
                        assertThat(from(client, () -> tcp(NODE4, 30080))).isEqualTo("a");
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> tcp("127.0.0.1", 30080));
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> from(client, () -> tcp("10.96.0.1", 81)));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void servesNodePortsOnLoopbackWhenAsked(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend backend = Backend.saying("a");
                            Backend backend6 = Backend.saying("6", "::1")) {
                        VirtualService six =
                                service("web", Protocol.TCP, "fd00:96::1")
                                        .nodePort(30080)
                                        .to(backend6.address());
                        VirtualService four = web().nodePort(30080).to(backend.address());
                        mode.apply(plan(facts(true), four, six));
                        assertThat(tcp("127.0.0.1", 30080)).isEqualTo("a");
                        assertThat(tcp("::1", 30080)).isEqualTo("6");
                        mode.apply(plan(facts(true, "10.1.0.0/24"), four, six));
                        assertThat(tcp("127.0.0.1", 30080)).isEqualTo("a");
                        assertThat(tcp(NODE4, 30080)).isEqualTo("a");
                        mode.apply(plan(facts(false, "10.9.0.0/24"), four, six));
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> tcp(NODE4, 30080));
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> tcp(NODE6, 30080));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void servesIpv6(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend backend = Backend.saying("6", "::1")) {
                        mode.apply(
                                plan(
                                        facts(false),
                                        service("six", Protocol.TCP, "fd00:96::1")
                                                .nodePort(30080)
                                                .to(backend.address())));
                        assertThat(tcp("fd00:96::1", 80)).isEqualTo("6");
                        assertThat(tcp(NODE6, 30080)).isEqualTo("6");
                        assertThat(from(client, () -> tcp("fd00:96::1", 80))).isEqualTo("6");
                        assertThat(from(client, () -> tcp(NODE6, 30080))).isEqualTo("6");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void answersDatagramsFromTheAddressTheyWereSentTo(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (DatagramSocket backend = echo()) {
                        ip("addr add 10.1.0.77/24 dev node"); // an address that no answer prefers
                        InetSocketAddress address =
                                (InetSocketAddress) backend.getLocalSocketAddress();
                        mode.apply(
                                plan(
                                        facts(false),
                                        service("dns", Protocol.UDP, "10.96.0.1")
                                                .nodePort(30053)
                                                .to(address),
                                        service("six", Protocol.UDP, "fd00:96::1")
                                                .nodePort(30053)
                                                .to(address)));
                        for (String ip : List.of("10.96.0.1", "fd00:96::1")) {
                            assertThat(udp(ip, 80)).isEqualTo("x");
                            assertThat(from(client, () -> udp(ip, 80))).isEqualTo("x");
                        }
                        for (String ip : List.of(NODE4, "10.1.0.77", NODE6)) {
                            assertThat(udp(ip, 30053)).isEqualTo("x");
                            assertThat(from(client, () -> udp(ip, 30053))).isEqualTo("x");
                        }
                    }
                });
    }

    /** As with Calico, where pods hang on links that have no address of the node. */
    @ParameterizedTest
    @EnumSource
    void servesClientsBehindALinkWithoutAnAddress(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    ip("-4 addr flush dev node");
                    ip("-6 addr flush dev node scope global");
                    ip("-6 addr add fe80::1/64 dev node nodad");
                    ip("addr add " + NODE4 + "/32 dev lo");
                    ip("-6 addr add " + NODE6 + "/128 dev lo nodad");
                    from(
                            client,
                            () -> {
                                ip("-6 route replace default via fe80::1 dev client");
                                return true;
                            });
                    ip("route replace " + OUTSIDE + " dev node");
                    ip("-6 route replace fd01::2 dev node");
                    try (Backend backend = Backend.saying("a");
                            DatagramSocket echo = echo()) {
                        InetSocketAddress udp = (InetSocketAddress) echo.getLocalSocketAddress();
                        mode.apply(
                                plan(
                                        facts(false),
                                        web().to(backend.address()),
                                        service("web6", Protocol.TCP, "fd00:96::1")
                                                .to(backend.address()),
                                        service("dns", Protocol.UDP, "10.96.0.2").to(udp),
                                        service("dns6", Protocol.UDP, "fd00:96::2").to(udp)));
                        for (String ip : List.of("10.96.0.1", "fd00:96::1")) {
                            assertThat(from(client, () -> tcp(ip, 80))).isEqualTo("a");
                        }
                        for (String ip : List.of("10.96.0.2", "fd00:96::2")) {
                            assertThat(from(client, () -> udp(ip, 80))).isEqualTo("x");
                        }
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void refusesAtOnceWhereNobodyServes(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    NodePlan nobody =
                            plan(
                                    facts(false),
                                    web().externalIps("192.0.2.1")
                                            .loadBalancer("192.0.2.2")
                                            .nodePort(30080)
                                            .to(new InetSocketAddress[0]),
                                    service("dns", Protocol.UDP, "10.96.0.2")
                                            .to(new InetSocketAddress[0]));
                    mode.apply(nobody);
                    for (String address : List.of("10.96.0.1", "192.0.2.1", "192.0.2.2")) {
                        assertThatExceptionOfType(ConnectException.class)
                                .isThrownBy(() -> tcp(address, 80));
                        assertThatExceptionOfType(ConnectException.class)
                                .isThrownBy(() -> from(client, () -> tcp(address, 80)));
                    }
                    assertThatExceptionOfType(ConnectException.class)
                            .isThrownBy(() -> from(client, () -> tcp(NODE4, 30080)));
                    assertThatExceptionOfType(PortUnreachableException.class)
                            .isThrownBy(() -> from(client, () -> udp("10.96.0.2", 80)));
                    try (Backend backend = Backend.saying("a")) {
                        mode.apply(TestPlans.changed(nobody, web().to(backend.address())));
                        assertThat(from(client, () -> tcp("10.96.0.1", 80))).isEqualTo("a");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void dropsWhoIsInNoSourceRange(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend backend = Backend.saying("a")) {
                        TestPlans.Draft draft =
                                web().loadBalancer("192.0.2.2", POD + "/32", POD + "/30")
                                        .nodePort(30080);
                        mode.apply(plan(facts(false), draft.to(backend.address())));
                        assertThat(from(client, () -> tcp(POD, "192.0.2.2", 80))).isEqualTo("a");
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(
                                        () -> from(client, () -> tcp(OUTSIDE, "192.0.2.2", 80)));
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(() -> tcp("192.0.2.2", 80));
                        assertThat(from(client, () -> tcp(OUTSIDE, NODE4, 30080))).isEqualTo("a");
                        mode.apply(plan(facts(false), draft.to(new InetSocketAddress[0])));
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(
                                        () -> from(client, () -> tcp(OUTSIDE, "192.0.2.2", 80)));
                        assertThatExceptionOfType(ConnectException.class)
                                .isThrownBy(() -> from(client, () -> tcp(POD, "192.0.2.2", 80)));
                        mode.apply(
                                plan(
                                        facts(false),
                                        web().loadBalancer("192.0.2.2", "10.1.0.1/32")
                                                .to(backend.address())));
                        ip("addr add 192.0.2.2/32 dev lo");
                        assertThat(tcp("192.0.2.2", 80)).isEqualTo("a");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void keepsExternalTrafficLocalButThatOfPodsAndTheNode(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend here = Backend.saying("l");
                            Backend there = Backend.saying("r")) {
                        TestPlans.Draft draft =
                                web().externalIps("192.0.2.1")
                                        .nodePort(30080)
                                        .external(TrafficPolicy.LOCAL);
                        mode.apply(
                                plan(
                                        facts(false),
                                        draft.to(
                                                destination(here.address(), true, 1),
                                                destination(there.address(), false, 1))));
                        for (int i = 0; i < 4; i++) {
                            assertThat(from(client, () -> tcp(OUTSIDE, "192.0.2.1", 80)))
                                    .isEqualTo("l");
                            assertThat(from(client, () -> tcp(OUTSIDE, NODE4, 30080)))
                                    .isEqualTo("l");
                        }
                        mode.apply(
                                plan(
                                        facts(false),
                                        draft.to(destination(there.address(), false, 1))));
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(
                                        () -> from(client, () -> tcp(OUTSIDE, "192.0.2.1", 80)));
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(() -> from(client, () -> tcp(OUTSIDE, NODE4, 30080)));
                        assertThat(from(client, () -> tcp(POD, "192.0.2.1", 80))).isEqualTo("r");
                        assertThat(from(client, () -> tcp(POD, NODE4, 30080))).isEqualTo("r");
                        assertThat(tcp("192.0.2.1", 80)).isEqualTo("r");
                        assertThat(tcp(NODE4, 30080)).isEqualTo("r");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void keepsInternalTrafficLocal(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend there = Backend.saying("r")) {
                        mode.apply(
                                plan(
                                        facts(false),
                                        web().internal(TrafficPolicy.LOCAL)
                                                .nodePort(30080)
                                                .to(destination(there.address(), false, 1))));
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(() -> tcp("10.96.0.1", 80));
                        assertThatExceptionOfType(SocketTimeoutException.class)
                                .isThrownBy(() -> from(client, () -> tcp(POD, "10.96.0.1", 80)));
                        assertThat(tcp(NODE4, 30080)).isEqualTo("r");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void letsNobodyUseASocketBesideTheService(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend backend = Backend.saying("a")) {
                        VirtualService web = web().to(backend.address());
                        mode.apply(plan(facts(false), web));
                        int port = mode.addresses().firstEntry().getValue().getPort();
                        assertThatExceptionOfType(ConnectException.class)
                                .isThrownBy(() -> from(client, () -> tcp(NODE4, port)));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void letsNoClientOfIpv4UseASocketOfIpv6(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend backend = Backend.saying("6", "::1")) {
                        VirtualService six =
                                service("six", Protocol.TCP, "fd00:96::1").to(backend.address());
                        mode.apply(plan(facts(false), six));
                        int port = mode.addresses().firstEntry().getValue().getPort();
                        assertThatExceptionOfType(SocketException.class)
                                .isThrownBy(() -> from(client, () -> tcp(NODE4, port)));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingAndTouchesNothingOfOthers(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    Command.of("nft", "-f", "-")
                            .run(
                                    """
                                    table ip foreign {
                                      chain c {
                                        type nat hook output priority -90
                                        tcp dport 1 redirect to :2
                                      }
                                    }
                                    """);
                    String before = ruleset();
                    try (Backend backend = Backend.saying("a")) {
                        mode.apply(plan(facts(false), web().nodePort(30080).to(backend.address())));
                        assertThat(mode.isIntact()).isTrue();
                        assertThat(mode.size()).isPositive();
                        String applied = ruleset();
                        assertThat(applied).isNotEqualTo(before);

                        // An earlier run that was killed: its rules lead to sockets that are gone.
                        UserspaceMode next =
                                new UserspaceMode(UserspaceSettings.of(true), rules.redirects());
                        next.apply(plan(facts(false), web().to(backend.address())));
                        assertThat(from(client, () -> tcp("10.96.0.1", 80))).isEqualTo("a");
                        next.close();
                        assertThat(ruleset()).isEqualTo(before);

                        assertThat(mode.isIntact()).isFalse();
                        assertThat(
                                        mode.apply(plan(facts(false), web().to(backend.address())))
                                                .full())
                                .isTrue();
                        assertThat(from(client, () -> tcp("10.96.0.1", 80))).isEqualTo("a");
                        assertThat(mode.remove()).isTrue();
                        assertThat(mode.remove()).isFalse();
                        assertThat(ruleset()).isEqualTo(before);
                    }
                });
    }

    /** Without chains and tables that are empty: iptables cannot but leave its own. */
    private static String ruleset() throws CommandException {
        String older = "";
        if (Command.exists("iptables-legacy-save")) {
            older =
                    Command.of("iptables-legacy-save")
                            .run()
                            .lines()
                            .filter(line -> line.contains("PENSTOCK"))
                            .collect(Collectors.joining());
        }
        return older
                + Command.of("nft", "list", "ruleset")
                        .run()
                        .replaceAll("\\tchain \\w+ \\{\\n\\t\\ttype [^\\n]*\\n\\t\\}\\n", "")
                        .replaceAll("table \\w+ \\w+ \\{\\s*\\}\\n", "");
    }

    @Test
    void takesWhicheverKindOfRulesThereIs() throws Exception {
        NetworkNamespace.run(() -> {
            try (UserspaceMode mode = new UserspaceMode(UserspaceSettings.of(true))) {
                assumeTrue(mode.missing() == null, mode.missing());
                assertThat(mode.remove()).isFalse();
                assertThat(Command.of("nft", "list", "ruleset").run()).isEmpty();
            }
            Redirection other = new Redirection(new Lacking(), new IptablesRedirects());
            try (UserspaceMode mode = new UserspaceMode(UserspaceSettings.of(true), other)) {
                assertThat(mode.missing()).isNull();
                mode.apply(plan(web().to(new InetSocketAddress[0])));
                assertThat(Command.of("iptables-save").run()).contains("PENSTOCK-USR-NEAR");
            }
            assertThat(Command.of("iptables-save").run()).doesNotContain("PENSTOCK");
        });
    }

    @ParameterizedTest
    @EnumSource
    void failsNoConnectionWhileServicesChange(Rules rules) throws Exception {
        run(
                rules,
                (mode, client) -> {
                    try (Backend a = Backend.saying("a");
                            Backend b = Backend.saying("b")) {
                        NodePlan plan = plan(facts(false), web().to(a.address()));
                        mode.apply(plan);
                        for (int i = 0; i < 50; i++) {
                            NodePlan next =
                                    TestPlans.changed(
                                            plan,
                                            service("n" + i, Protocol.TCP, "10.96.1." + i)
                                                    .to(b.address()),
                                            web().to(a.address(), b.address()));
                            assertThat(mode.apply(next).full()).isFalse();
                            assertThat(from(client, () -> tcp("10.96.0.1", 80))).hasSize(1);
                            plan = next;
                        }
                        try (ServerSocket _ = new ServerSocket()) {
                            assertThat(tcp("10.96.1.49", 80)).isEqualTo("b");
                        }
                    }
                });
    }

    /** A machine without nftables. */
    private static final class Lacking implements Redirects {

        @Override
        public String missing() {
            return "this kernel has no nf_tables";
        }

        @Override
        public int replace(Map<VirtualServiceId, Redirect> redirects, NodeFacts node) {
            throw new AssertionError("called");
        }

        @Override
        public int update(
                Set<VirtualServiceId> changed, Map<VirtualServiceId, Redirect> redirects) {
            throw new AssertionError("called");
        }

        @Override
        public boolean isIntact() {
            throw new AssertionError("called");
        }

        @Override
        public boolean remove() {
            return false; // nothing can be there
        }

        @Override
        public long size() {
            throw new AssertionError("called");
        }

        @Override
        public void close() {}
    }
}
