package dev.penstock.app.node;

import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.nftables.TableSearch;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a kube-proxy left, or has, on this machine: two programs must not serve the same Services.
 */
final class KubeProxyTraces {

    private static final int SHOWN = 3;

    private KubeProxyTraces() {}

    /** Each trace in a few words; empty where there is none. */
    static List<String> find() {
        List<String> found = new ArrayList<>();
        List<String> chains = Iptables.kubeProxyChains();
        if (!chains.isEmpty()) {
            boolean isLong = chains.size() > SHOWN;
            found.add(
                    "the iptables chains "
                            + String.join(", ", chains.subList(0, isLong ? SHOWN : chains.size()))
                            + (isLong ? ", …" : ""));
        }
        if (TableSearch.isPresent("kube-proxy")) {
            found.add("the nftables table kube-proxy");
        }
        if (hasLink("kube-ipvs0")) {
            found.add("the link kube-ipvs0");
        }
        return found;
    }

    private static boolean hasLink(String name) {
        try {
            return NetworkInterface.getByName(name) != null;
        } catch (SocketException _) {
            return false; // no links at all
        }
    }
}
