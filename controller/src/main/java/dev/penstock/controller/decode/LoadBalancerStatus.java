package dev.penstock.controller.decode;

import dev.penstock.model.address.AddressText;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code status.loadBalancer.ingress} of Services and Ingresses. */
final class LoadBalancerStatus {

    private LoadBalancerStatus() {}

    /** All addresses and host names, as written. */
    static List<String> addresses(TreeField root) {
        List<String> addresses = new ArrayList<>();
        for (TreeField item : entries(root)) {
            String ip = item.get("ip").text();
            String address = ip == null ? item.get("hostname").text() : ip;
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /** The IPs that traffic still carries when it arrives: {@code ipMode} VIP or not set. */
    static List<String> virtualIps(TreeField root) {
        List<String> ips = new ArrayList<>();
        for (TreeField item : entries(root)) {
            String ip = item.get("ip").text();
            String canonical = ip == null ? null : AddressText.canonical(ip);
            if (canonical != null && !item.get("ipMode").textOr("VIP").equals("Proxy")) {
                ips.add(canonical);
            }
        }
        return ips;
    }

    private static List<TreeField> entries(TreeField root) {
        TreeField status = root.get("status");
        return status.isPresent() ? status.get("loadBalancer").get("ingress").items() : List.of();
    }
}
