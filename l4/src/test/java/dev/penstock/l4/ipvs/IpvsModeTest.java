package dev.penstock.l4.ipvs;

import static dev.penstock.l4.ipvs.TestPlan.here;
import static dev.penstock.l4.ipvs.TestPlan.service;
import static dev.penstock.l4.ipvs.TestPlan.there;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.service.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the mode makes in a kernel that has ip_vs; see {@link IpvsKernelTest}. */
@Tag("ipvs")
class IpvsModeTest {

    /** The link is not there before the first and after the last. */
    private static final String ADDRESSES =
            "for f in -4 -6; do ip $f route show table local dev penstock0 2>/dev/null; done"
                    + " | grep ^local || true";

    private final IpvsMode mode = new IpvsMode(IpvsSettings.DEFAULT);
    private final TestPlan plan = new TestPlan();

    @AfterEach
    void removeAll() throws Exception {
        mode.remove();
    }

    @Test
    void nothingIsMissing() {
        assertThat(mode.missing()).isNull();
    }

    @Test
    void everySchedulerIsTakenAndSeen() throws Exception {
        for (int i = 0; i < Scheduler.NAMES.size(); i++) {
            plan.put(
                    service("svc" + i, "10.96.0." + i)
                            .scheduler(Scheduler.NAMES.get(i))
                            .to(there("10.244.0.2", 8080)));
        }

        mode.apply(plan.plan());

        for (int i = 0; i < Scheduler.NAMES.size(); i++) {
            assertThat(server("10.96.0." + i + ":80").scheduler())
                    .isEqualTo(Scheduler.named(Scheduler.NAMES.get(i)));
        }
    }

    @Test
    void anUnknownSchedulerLeavesTheServiceServedByTheDefault() throws Exception {
        plan.put(service("a", "10.96.0.1").scheduler("best").to(there("10.244.0.2", 8080)));

        mode.apply(plan.plan());

        assertThat(server("10.96.0.1:80").scheduler()).isEqualTo(Scheduler.named("rr"));
    }

    @Test
    void everyAddressAndNodePortHasAVirtualServer() throws Exception {
        plan.put(
                service("a", "10.96.0.1")
                        .external("198.51.100.7")
                        .loadBalancer("198.51.100.8")
                        .nodePort(30001)
                        .affinity(Duration.ofSeconds(77))
                        .to(here("10.244.0.2", 8080)));
        plan.put(service("b", "fd00:96::1").nodePort(30001).to(here("fd00:244::2", 8080)));

        mode.apply(plan.plan());

        Map<ServerKey, KernelState.Server> servers = servers();
        assertThat(servers.keySet())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder(
                        "10.96.0.1:80/TCP",
                        "198.51.100.7:80/TCP",
                        "198.51.100.8:80/TCP",
                        "192.168.1.1:30001/TCP",
                        "[fd00:96::1]:80/TCP",
                        "[fd00:1::1]:30001/TCP");
        assertThat(server("10.96.0.1:80").persistenceSeconds()).isEqualTo(77);
        assertThat(server("10.96.0.1:80").weights())
                .isEqualTo(Map.of(new RealServer("10.244.0.2", 8080), 1));
        assertThat(run(ADDRESSES).lines().map(line -> line.replaceFirst(" *proto.*", "")))
                .containsExactlyInAnyOrder(
                        "local 10.96.0.1",
                        "local 198.51.100.7",
                        "local 198.51.100.8",
                        "local fd00:96::1");
        assertThat(run("ip -o addr show penstock0")).isEmpty();
    }

    @Test
    void nodePortsFollowTheNodesAddresses() throws Exception {
        plan.put(service("a", "10.96.0.1").nodePort(30001).to(here("10.244.0.2", 8080)));
        mode.apply(plan.plan());

        plan.node(facts(List.of("192.168.1.2")));
        mode.apply(plan.plan());

        assertThat(servers().keySet())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("10.96.0.1:80/TCP", "192.168.1.2:30001/TCP");
    }

    @Test
    void anAddressThatTheNodeHasStaysWhereItIs() throws Exception {
        run("ip link add other0 type dummy && ip addr add 198.51.100.7/24 dev other0");
        try {
            plan.node(facts(List.of("198.51.100.7")));
            plan.put(
                    service("a", "10.96.0.1")
                            .external("198.51.100.7")
                            .to(there("10.244.0.2", 8080)));
            mode.apply(plan.plan());

            assertThat(run(ADDRESSES)).doesNotContain("198.51.100.7");
            assertThat(run("ipset list penstock-vip")).doesNotContain("198.51.100.7");
            assertThat(servers()).containsKey(key("198.51.100.7:80"));
            mode.remove();
            assertThat(run("ip -o addr show other0")).contains("198.51.100.7/24");
        } finally {
            run("ip link del other0");
        }
    }

    @Test
    void aServiceThatTakesOverAnAddressIsServed() throws Exception {
        plan.put(service("a", "10.96.0.1").to(there("10.244.0.2", 8080)));
        mode.apply(plan.plan());

        plan.remove("a").put(service("b", "10.96.0.1").to(there("10.244.0.3", 8080)));
        mode.apply(plan.plan());

        assertThat(weights("10.96.0.1:80")).isEqualTo(Map.of("10.244.0.3:8080", 1));
    }

    @Test
    void aChangedServiceChangesOnlyWhatDiffers() throws Exception {
        plan.put(service("a", "10.96.0.1").to(there("10.244.0.2", 8080)));
        plan.put(service("b", "10.96.0.2").to(there("10.244.0.2", 8080)));
        mode.apply(plan.plan());

        plan.put(
                service("a", "10.96.0.1").to(there("10.244.0.2", 8080), there("10.244.0.3", 8080)));

        assertThat(mode.apply(plan.plan())).isEqualTo(new Applied(false, 1));
        assertThat(mode.apply(plan.plan())).isEqualTo(Applied.NOTHING);
    }

    @Test
    void aDatagramDestinationGoesAtOnce() throws Exception {
        plan.put(
                service("dns", "10.96.0.10")
                        .udp()
                        .to(there("10.244.0.2", 53), there("10.244.0.3", 53)));
        mode.apply(plan.plan());

        plan.put(service("dns", "10.96.0.10").udp().to(there("10.244.0.3", 53)));
        mode.apply(plan.plan());
        assertThat(servers().values().iterator().next().weights())
                .isEqualTo(Map.of(new RealServer("10.244.0.3", 53), 1));

        plan.remove("dns");
        mode.apply(plan.plan());
        assertThat(servers()).isEmpty();
        assertThat(run(ADDRESSES)).isEmpty();
        assertThat(run("ipset save | grep ^add | grep -v pods || true")).isEmpty();
    }

    @Test
    void anotherProgramChangesNothing() throws Exception {
        plan.put(
                service("a", "10.96.0.1")
                        .external("198.51.100.7")
                        .loadBalancer("198.51.100.8")
                        .ranges("0.0.0.0/0", "203.0.113.0/24", "203.0.113.9/32")
                        .nodePort(30001)
                        .externalLocal()
                        .affinity(Duration.ofHours(3))
                        .to(here("10.244.0.2", 8080), there("10.244.1.3", 8080)));
        plan.put(service("b", "fd00:96::1").nodePort(30001).to(here("fd00:244::2", 8080)));
        plan.put(service("empty", "10.96.0.9").nodePort(30002));
        mode.apply(plan.plan());
        String before = state();

        try (IpvsMode again = new IpvsMode(IpvsSettings.DEFAULT)) {
            assertThat(again.apply(plan.plan())).isEqualTo(new Applied(true, 0));
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void whatIsRemovedByOthersIsMissedAndMadeAgain() throws Exception {
        plan.put(service("a", "10.96.0.1").to(there("10.244.0.2", 8080)));
        mode.apply(plan.plan());
        String before = state();
        assertThat(mode.isIntact()).isTrue();

        for (String damage :
                List.of(
                        "ip link del penstock0",
                        "ip route flush table local dev penstock0",
                        "ip link set penstock0 down",
                        "iptables -D INPUT -j PENSTOCK-IPVS-FILTER",
                        "iptables -t nat -F",
                        "iptables -F PENSTOCK-IPVS-FILTER",
                        "iptables -F && ipset list -n | grep reject$ | xargs ipset destroy")) {
            run(damage);
            assertThat(mode.isIntact()).as(damage).isFalse();
            mode.apply(plan.plan());
            assertThat(mode.isIntact()).as(damage).isTrue();
            assertThat(state()).as(damage).isEqualTo(before);
        }
    }

    @Test
    void removingLeavesTheMachineAsItWas() throws Exception {
        // What others have.
        run("ipset create other hash:ip && ipset add other 1.2.3.4");
        run(
                "for t in nat mangle filter; do for p in iptables ip6tables; do $p -t $t -N OTHER;"
                        + " $p -t $t -A OUTPUT -j OTHER; done; done");
        run("ip link add other0 type dummy && ip addr add 198.51.100.77/24 dev other0");
        ServerKey foreign = key("198.51.100.77:80");
        RealServer real = new RealServer("10.9.9.9", 80);
        try (IpvsFamily family = IpvsFamily.open()) {
            family.execute(
                    List.of(
                            new Operation.AddServer(foreign, Scheduler.named("lc"), 0),
                            new Operation.AddReal(foreign, real, 5)));
        }
        try {
            String before = state() + settings();
            plan.put(
                    service("a", "10.96.0.1")
                            .external("198.51.100.7")
                            .nodePort(30001)
                            .externalLocal()
                            .to(here("10.244.0.2", 8080)));
            plan.put(service("b", "fd00:96::1").to(here("fd00:244::2", 8080)));
            // One that somebody else serves is left to them.
            plan.put(
                    service("c", "10.96.0.3")
                            .external("198.51.100.77")
                            .to(there("10.244.0.2", 8080)));
            mode.apply(plan.plan());
            assertThat(server("198.51.100.77:80").scheduler().name()).isEqualTo("lc");
            assertThat(mode.isIntact()).isTrue();

            // Another program, as --cleanup is.
            assertThat(new IpvsMode(IpvsSettings.DEFAULT).remove()).isTrue();

            assertThat(state() + settings()).isEqualTo(before);
            assertThat(weights("198.51.100.77:80")).isEqualTo(Map.of("10.9.9.9:80", 5));
            assertThat(mode.remove()).isFalse();
        } finally {
            try (IpvsFamily family = IpvsFamily.open()) {
                family.execute(List.of(new Operation.DeleteServer(foreign)));
            }
            run("ip link del other0; ipset destroy other");
            run(
                    "for t in nat mangle filter; do for p in iptables ip6tables; do"
                            + " $p -t $t -D OUTPUT -j OTHER; $p -t $t -X OTHER; done; done");
        }
    }

    @Test
    void aThousandServicesAreQuickAndOneMoreIsQuicker() throws Exception {
        for (int i = 0; i < 1000; i++) {
            plan.put(
                    service("svc" + i, "10.97." + (i >> 8) + "." + (i & 0xff))
                            .to(there("10.244.1." + (i & 0x7f), 8080), here("10.244.0.2", 80)));
        }
        mode.apply(plan.plan());
        assertThat(mode.size()).isEqualTo(1000);

        long start = System.nanoTime();
        plan.put(service("more", "10.98.0.1").to(there("10.244.0.2", 8080)));
        Applied applied = mode.apply(plan.plan());
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(applied.full()).isFalse();
        // The server, its destination, its address and what the sets say of it: not the table.
        assertThat(applied.operations()).isLessThan(10);
        assertThat(took).isLessThan(Duration.ofSeconds(2));
    }

    private static NodeFacts facts(List<String> addresses) {
        NodeFacts node = TestPlan.NODE;
        return new NodeFacts(node.podCidrs(), node.nodePortCidrs(), false, false, addresses);
    }

    private static ServerKey key(String addressAndPort) {
        int colon = addressAndPort.lastIndexOf(':');
        return new ServerKey.Address(
                Protocol.TCP,
                addressAndPort.substring(0, colon),
                Integer.parseInt(addressAndPort.substring(colon + 1)));
    }

    private static Map<ServerKey, KernelState.Server> servers() throws Exception {
        try (IpvsFamily family = IpvsFamily.open()) {
            return family.servers(_ -> true);
        }
    }

    private static KernelState.Server server(String addressAndPort) throws Exception {
        return requireNonNull(servers().get(key(addressAndPort)), addressAndPort);
    }

    private static Map<String, Integer> weights(String server) throws Exception {
        return server(server).weights().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().toString(), Map.Entry::getValue));
    }

    /** Everything that the mode changes, without counters and times. */
    private static String state() throws Exception {
        return run(ADDRESSES
                        + "; ip -o addr | sed 's/^[0-9]*: //';"
                        + " ipset save | sort | sed 's/ initval.*//';"
                        + " iptables-save; ip6tables-save; sort /proc/net/ip_vs")
                .replaceAll("\\[\\d+:\\d+]|#.*", "");
    }

    private static String settings() throws Exception {
        return run("cat /proc/sys/net/ipv4/vs/* /proc/sys/net/ipv4/conf/all/arp_*");
    }

    static String run(String shell) throws Exception {
        return Command.of("sh", "-c", shell).run();
    }
}
