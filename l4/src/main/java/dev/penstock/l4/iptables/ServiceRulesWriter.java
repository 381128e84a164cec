package dev.penstock.l4.iptables;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualService.Verdict;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the rules of one virtual service, in the form in which {@code iptables-save} has them.
 *
 * <pre>
 * dispatch: an address or node port ─► SVC, SVL, EXT or FW
 * FW        sources in a range ─► EXT; others are dropped in the table filter
 * EXT       marks for masquerade ─► SVC, or with the policy Local ─► SVC for pods and the node, SVL
 * SVC, SVL  one of the destinations of any node, or of this node: DNAT, or ─► SEP
 * SEP       one destination, where something is to be remembered or marked for it
 * </pre>
 */
final class ServiceRulesWriter {

    private static final double ONE = 0x80000000L; // linux/netfilter/xt_statistic.h

    private final VirtualService service;
    private final NodeFacts node;
    private final boolean hasHairpinMatch;
    private final String protocol;
    private final String hash;
    private final Map<Chain, List<String>> chains = new LinkedHashMap<>();
    private final List<Dispatch> dispatches = new ArrayList<>();

    private ServiceRulesWriter(VirtualService service, NodeFacts node, boolean hasHairpinMatch) {
        this.service = service;
        this.node = node;
        this.hasHairpinMatch = hasHairpinMatch;
        this.protocol = ChainNames.protocol(service.id());
        this.hash = ChainNames.hash(service.id());
    }

    /**
     * The rules of a virtual service.
     *
     * @param hasHairpinMatch whether one rule for all marks pods that reach themselves, so that
     *     destinations need no chains for it
     */
    static ServiceRules write(VirtualService service, NodeFacts node, boolean hasHairpinMatch) {
        return new ServiceRulesWriter(service, node, hasHairpinMatch).write();
    }

    private ServiceRules write() {
        internal();
        external();
        return new ServiceRules(chains, dispatches);
    }

    private void internal() {
        String address = service.clusterIp();
        if (address == null) {
            return;
        }
        boolean local = service.internalPolicy() == TrafficPolicy.LOCAL;
        String rule = match(address, "cluster IP");
        switch (service.internalVerdict()) {
            case FORWARD -> {
                toAddress(Chain.NAT, address, rule + jump(local ? "SVL" : "SVC"));
                destinations(local);
            }
            case REJECT -> refuse(address, "has no endpoints", reject());
            case DROP -> refuse(address, "has no local endpoints", "-j DROP");
        }
    }

    private void external() {
        boolean hasNodePort = service.nodePort() != 0 && node.hasNodePorts(service.id().family());
        if (!hasNodePort
                && service.externalIps().isEmpty()
                && service.loadBalancerIps().isEmpty()) {
            return;
        }
        if (service.externalVerdict() != Verdict.REJECT) {
            externalChain();
        }
        service.externalIps().forEach(this::externalIp);
        service.loadBalancerIps().forEach(this::loadBalancerIp);
        if (!service.sourceRanges().isEmpty() && !service.loadBalancerIps().isEmpty()) {
            firewall();
        }
        if (hasNodePort) {
            nodePort();
        }
    }

    private void externalIp(String address) {
        switch (service.externalVerdict()) {
            case FORWARD -> toExternal(address, "external IP", "EXT");
            case REJECT -> refuse(address, "has no endpoints", reject());
            case DROP -> {
                toExternal(address, "external IP", "EXT");
                refuse(address, "has no local endpoints", "-j DROP");
            }
        }
    }

    private void loadBalancerIp(String address) {
        if (service.sourceRanges().isEmpty()) {
            externalIp(address);
        } else if (service.externalVerdict() == Verdict.REJECT) {
            refuse(address, "has no endpoints", jump("FW"));
        } else {
            toExternal(address, "loadbalancer IP", "FW");
            refuse(address, "not accepted by PENSTOCK-FW-" + hash, "-j DROP");
        }
    }

    private void nodePort() {
        int port = service.nodePort();
        String prefix = "-p " + protocol + comment("");
        String match = " -m " + protocol + " --dport " + port + " ";
        Verdict verdict = service.externalVerdict();
        if (verdict != Verdict.REJECT) {
            dispatches.add(
                    Dispatch.toNodePort(Chain.NAT, protocol, port, prefix + match + jump("EXT")));
        }
        if (verdict != Verdict.FORWARD) {
            boolean reject = verdict == Verdict.REJECT;
            String refusal =
                    "-p "
                            + protocol
                            + comment(reject ? "has no endpoints" : "has no local endpoints")
                            + match
                            + (reject ? reject() : "-j DROP");
            dispatches.add(Dispatch.toNodePort(Chain.FILTER, protocol, port, refusal));
        }
    }

    private void externalChain() {
        List<String> rules = new ArrayList<>();
        if (service.externalPolicy() == TrafficPolicy.CLUSTER) {
            rules.add("-j " + ChainNames.MARK);
            rules.add(jump("SVC"));
        } else {
            if (node.masqueradeAll()) {
                rules.add("-j " + ChainNames.MARK);
            }
            // kube-proxy's short circuit: pods and the node itself need no node in between.
            for (Cidr pods : node.podCidrs(service.id().family())) {
                rules.add(from(pods) + jump("SVC"));
            }
            rules.add("-m addrtype --src-type LOCAL -j " + ChainNames.MARK);
            rules.add("-m addrtype --src-type LOCAL " + jump("SVC"));
            if (!service.local().isEmpty()) {
                rules.add(jump("SVL"));
                destinations(true);
            }
        }
        destinations(false);
        chains.put(own(Chain.NAT, "EXT"), rules);
    }

    /**
     * Who may use the load balancer addresses. The node may where one of its addresses may: what it
     * sends to such an address, which may be one of its own, has that very address as its source.
     */
    private void firewall() {
        boolean rejects = service.externalVerdict() == Verdict.REJECT;
        String target = rejects ? "-p " + protocol + " " + reject() : jump("EXT");
        List<String> rules = new ArrayList<>();
        for (Cidr range : service.sourceRanges()) {
            rules.add(from(range) + target);
        }
        if (isNodeInRange()) {
            for (String address : service.loadBalancerIps()) {
                rules.add("-s " + host(address) + " -d " + host(address) + " " + target);
            }
        }
        if (rejects) {
            rules.add("-j DROP");
        }
        chains.put(own(rejects ? Chain.FILTER : Chain.NAT, "FW"), rules);
    }

    private boolean isNodeInRange() {
        return node.addresses().stream()
                .map(InetAddress::ofLiteral)
                .anyMatch(address ->
                        service.sourceRanges().stream().anyMatch(range -> range.contains(address)));
    }

    /** The chain that picks a destination: of any node, or of this node. */
    private void destinations(boolean local) {
        Chain chain = own(Chain.NAT, local ? "SVL" : "SVC");
        if (chains.containsKey(chain)) {
            return;
        }
        List<Destination> picked =
                Destination.takingNew(local ? service.local() : service.cluster());
        List<String> rules = new ArrayList<>();
        boolean isInternal = local == (service.internalPolicy() == TrafficPolicy.LOCAL);
        if (service.clusterIp() != null && isInternal) {
            rules.add("-d " + host(service.clusterIp()) + " -j " + ChainNames.MARK_OUTSIDE);
        }
        if (service.affinity() != null) {
            for (Destination destination : picked) {
                rules.add(remembered(destination));
            }
        }
        boolean ownChains = service.affinity() != null || !hasHairpinMatch;
        for (int i = 0; i < picked.size(); i++) {
            Destination destination = picked.get(i);
            String choice = choice(picked, i);
            if (ownChains) {
                rules.add(choice + "-j " + ChainNames.endpoint(service.id(), destination));
                endpointChain(destination);
            } else {
                rules.add("-p " + protocol + " " + choice + translate(destination));
            }
        }
        chains.put(chain, rules);
    }

    private String remembered(Destination destination) {
        String name = ChainNames.endpoint(service.id(), destination);
        long seconds = requireNonNull(service.affinity()).toSeconds();
        return "-m recent --rcheck --seconds " + seconds + " --reap" + list(name) + "-j " + name;
    }

    private void endpointChain(Destination destination) {
        String name = ChainNames.endpoint(service.id(), destination);
        List<String> rules = new ArrayList<>();
        if (!hasHairpinMatch) {
            rules.add("-s " + host(destination.address()) + " -j " + ChainNames.MARK);
        }
        String memory = service.affinity() == null ? "" : "-m recent --set" + list(name);
        rules.add("-p " + protocol + " " + memory + translate(destination));
        chains.put(Chain.nat(name), rules);
    }

    /** The list of clients of an endpoint, kept while any rule names it. */
    private String list(String name) {
        String mask =
                service.id().family() == IpFamily.IPV4
                        ? "255.255.255.255"
                        : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        return " --name " + name + " --mask " + mask + " --rsource ";
    }

    /** Takes its share of the packets that reach it, so that the last takes all. */
    private String choice(List<Destination> destinations, int index) {
        int rest = destinations.size() - index;
        if (rest == 1) {
            return "";
        }
        if (service.algorithm() == Algorithm.ROUND_ROBIN) {
            return "-m statistic --mode nth --every " + rest + " --packet 0 ";
        }
        double share = 1.0 / rest;
        if (service.algorithm() == Algorithm.WEIGHTED) {
            share = weight(destinations.get(index)) / sum(destinations, index);
        }
        double kept = Math.round(share * ONE) / ONE;
        return String.format(Locale.ROOT, "-m statistic --mode random --probability %.11f ", kept);
    }

    private static double sum(List<Destination> destinations, int from) {
        double sum = 0;
        for (Destination destination : destinations.subList(from, destinations.size())) {
            sum += weight(destination);
        }
        return sum;
    }

    /** The weight, where all that are picked have the weight 0 that of equals. */
    private static double weight(Destination destination) {
        return Math.max(1, destination.weight());
    }

    private static String translate(Destination destination) {
        return "-j DNAT --to-destination "
                + AddressText.authority(destination.address(), destination.port());
    }

    private void toExternal(String address, String what, String target) {
        toAddress(Chain.NAT, address, match(address, what) + jump(target));
    }

    private void refuse(String address, String why, String target) {
        toAddress(Chain.FILTER, address, match(address, why) + target);
    }

    private void toAddress(String table, String address, String rule) {
        dispatches.add(Dispatch.toAddress(table, address, rule));
    }

    private String match(String address, String what) {
        return "-d "
                + host(address)
                + " -p "
                + protocol
                + comment(what)
                + " -m "
                + protocol
                + " --dport "
                + service.port()
                + " ";
    }

    private String comment(String what) {
        String text = what.isEmpty() ? service.id().toString() : service.id() + " " + what;
        return " -m comment --comment \"" + text + "\"";
    }

    /**
     * Refuses at once: other than ICMP messages, resets are not limited in number by the kernel.
     */
    private String reject() {
        if (service.id().protocol() == Protocol.TCP) {
            return "-j REJECT --reject-with tcp-reset";
        }
        return "-j REJECT --reject-with "
                + (service.id().family() == IpFamily.IPV4
                        ? "icmp-port-unreachable"
                        : "icmp6-port-unreachable");
    }

    private String jump(String kind) {
        return "-j " + own(Chain.NAT, kind).name();
    }

    private Chain own(String table, String kind) {
        return new Chain(table, "PENSTOCK-" + kind + "-" + hash);
    }

    private String host(String address) {
        return address + "/" + service.id().family().bits();
    }

    private static String from(Cidr network) {
        return network.prefixLength() == 0 ? "" : "-s " + network + " ";
    }
}
