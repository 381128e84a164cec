package dev.penstock.l4.ipvs;

import dev.penstock.model.address.IpFamily;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all virtual services need together. Several may need the same address or element, which
 * stays until none does.
 */
final class Target {

    private final Map<ServerKey, VirtualServer> servers = new HashMap<>();
    private final Map<String, Integer> addresses = new HashMap<>();
    private final Map<SetElement, Integer> elements = new HashMap<>();
    private final Map<IpFamily, Integer> families = new EnumMap<>(IpFamily.class);

    /** Takes away what one virtual service needs; what may differ now is added to the touched. */
    void remove(ServiceRules rules, Touched touched) {
        countFamilies(rules, -1);
        for (VirtualServer server : rules.servers()) {
            servers.remove(server.key());
            touched.servers().add(server.key());
        }
        count(addresses, rules.addresses(), -1, touched.addresses());
        count(elements, rules.elements(), -1, touched.elements());
    }

    /** Adds what one virtual service needs; what may differ now is added to the touched. */
    void add(ServiceRules rules, Touched touched) {
        countFamilies(rules, 1);
        for (VirtualServer server : rules.servers()) {
            servers.put(server.key(), server);
            touched.servers().add(server.key());
        }
        count(addresses, rules.addresses(), 1, touched.addresses());
        count(elements, rules.elements(), 1, touched.elements());
    }

    private void countFamilies(ServiceRules rules, int by) {
        rules.addresses()
                .forEach(address -> families.merge(IpFamily.of(address), by, Integer::sum));
        rules.servers().forEach(server -> families.merge(server.key().family(), by, Integer::sum));
    }

    private static <T> void count(Map<T, Integer> counts, Set<T> all, int by, Set<T> touched) {
        for (T one : all) {
            counts.merge(one, by, (a, b) -> a + b == 0 ? null : a + b);
            touched.add(one);
        }
    }

    @Nullable VirtualServer server(ServerKey key) {
        return servers.get(key);
    }

    boolean hasAddress(String address) {
        return addresses.containsKey(address);
    }

    boolean hasElement(SetElement element) {
        return elements.containsKey(element);
    }

    /** Everything, as touched. */
    Touched all() {
        Touched all = new Touched();
        all.servers().addAll(servers.keySet());
        all.addresses().addAll(addresses.keySet());
        all.elements().addAll(elements.keySet());
        return all;
    }

    /** Whether anything is needed of a family. */
    boolean needs(IpFamily family) {
        return families.getOrDefault(family, 0) > 0;
    }

    /**
     * What is to be compared with the kernel. The sets are added to.
     *
     * @param servers virtual servers
     * @param addresses addresses of our link
     * @param elements elements of sets
     */
    record Touched(Set<ServerKey> servers, Set<String> addresses, Set<SetElement> elements) {

        /** Nothing yet. */
        Touched() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        }
    }
}
