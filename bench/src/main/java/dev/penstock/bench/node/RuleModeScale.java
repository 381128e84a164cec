package dev.penstock.bench.node;

import dev.penstock.l4.iptables.Iptables.Backend;
import dev.penstock.l4.iptables.IptablesMode;
import dev.penstock.l4.ipvs.IpvsMode;
import dev.penstock.l4.ipvs.IpvsSettings;
import dev.penstock.l4.nftables.NftablesMode;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.l4.sync.LocalAddresses;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Measures a mode with many Services of two endpoints: the first sync, changes of one Service, the
 * comparison at a restart, and the memory of the process. It writes rules of the network namespace
 * it runs in, and removes them: run it by {@code unshare -n}, or by {@code e2e/vm/run} where the
 * kernel has no ip_vs.
 */
public final class RuleModeScale {

    private static final int SERVICES_DEFAULT = 10_000;
    private static final int CHANGES = 200;
    private static final int CHECKS = 20;
    private static final NodeFacts NODE =
            new NodeFacts(List.of(Cidr.parse("10.0.0.0/8")), List.of(), false, false, List.of());

    private RuleModeScale() {}

    /**
     * Measures once.
     *
     * @param args the mode ({@code nftables}, {@code iptables}, {@code iptables-nft}, {@code
     *     iptables-legacy} or {@code ipvs}; {@code nftables} unless given) and the number of
     *     Services (10,000 unless given)
     */
    public static void main(String[] args) throws RulesException, IOException {
        String name = args.length == 0 ? "nftables" : args[0];
        int count = args.length < 2 ? SERVICES_DEFAULT : Integer.parseInt(args[1]);
        NodePlan plan = plan(count);
        print("plan of " + count + " services", System.nanoTime());
        try (RuleMode mode = mode(name)) {
            long start = System.nanoTime();
            mode.apply(plan);
            print("first sync of " + mode.size() + " rules and elements", start);
            changes(mode, plan, count);
            checks(mode);
            addresses();
        }
        try (RuleMode mode = mode(name)) {
            long start = System.nanoTime();
            mode.apply(plan);
            print("restart", start);
            start = System.nanoTime();
            mode.remove();
            print("removal", start);
        }
    }

    private static RuleMode mode(String name) {
        return switch (name) {
            case "nftables" -> new NftablesMode();
            case "iptables" -> new IptablesMode();
            case "iptables-nft" -> new IptablesMode(Backend.NFT);
            case "iptables-legacy" -> new IptablesMode(Backend.LEGACY);
            case "ipvs" -> new IpvsMode(IpvsSettings.DEFAULT);
            default -> throw new IllegalArgumentException("mode: " + name);
        };
    }

    private static void changes(RuleMode mode, NodePlan plan, int count) throws RulesException {
        long[] micros = new long[CHANGES];
        NodePlan now = plan;
        for (int i = 0; i < CHANGES; i++) {
            ShardedMap.Editor<VirtualServiceId, VirtualService> editor = now.services().edit();
            VirtualService changed = service(i * 37 % count, i % 200 + 2);
            editor.put(changed.id(), changed);
            now = new NodePlan(editor.result(), NODE);
            long start = System.nanoTime();
            mode.apply(now);
            micros[i] = (System.nanoTime() - start) / 1000;
        }
        mode.apply(plan);
        Arrays.sort(micros);
        System.out.printf(
                "change of one service: p50 %d us, p99 %d us, max %d us%n",
                micros[CHANGES / 2], micros[CHANGES * 99 / 100], micros[CHANGES - 1]);
    }

    private static void checks(RuleMode mode) throws RulesException {
        long start = System.nanoTime();
        for (int i = 0; i < CHECKS; i++) {
            if (!mode.isIntact()) {
                throw new IllegalStateException("somebody else changes these rules");
            }
        }
        System.out.printf("check: %d us each%n", (System.nanoTime() - start) / 1000 / CHECKS);
    }

    /** The loop reads them every few seconds, and the mode may have put thousands on a link. */
    private static void addresses() {
        long start = System.nanoTime();
        for (int i = 0; i < CHECKS; i++) {
            LocalAddresses.read();
        }
        System.out.printf(
                "addresses of the machine: %d us each%n",
                (System.nanoTime() - start) / 1000 / CHECKS);
    }

    private static NodePlan plan(int count) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor =
                ShardedMap.<VirtualServiceId, VirtualService>empty().edit();
        for (int i = 0; i < count; i++) {
            VirtualService service = service(i, 1);
            editor.put(service.id(), service);
        }
        return new NodePlan(editor.result(), NODE);
    }

    private static VirtualService service(int number, int version) {
        String low = "." + (number >> 8) + "." + (number & 255);
        return new VirtualService(
                new VirtualServiceId(
                        new ServiceName("bench", "service-" + number),
                        "",
                        Protocol.TCP,
                        IpFamily.IPV4),
                80,
                "172.16" + low,
                List.of(),
                List.of(),
                0,
                List.of(),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                null,
                null,
                null,
                List.of(
                        new Destination("10." + version + low, 8080, false, 1),
                        new Destination("10.201" + low, 8080, false, 1)),
                List.of());
    }

    /** Prints how long something took, and how much memory the process has and had at most. */
    private static void print(String what, long start) throws IOException {
        long millis = (System.nanoTime() - start) / 1_000_000;
        StringBuilder memory = new StringBuilder();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM") || line.startsWith("VmRSS")) {
                memory.append(' ').append(line.replaceAll("\\s+", " "));
            }
        }
        System.out.println(what + ": " + millis + " ms;" + memory);
    }
}
