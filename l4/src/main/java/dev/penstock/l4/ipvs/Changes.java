package dev.penstock.l4.ipvs;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must be done so that the kernel has what it is to have, in this order: what is new comes
 * before anything goes, so that no packet meets a half-done service.
 *
 * @param opening elements to be added first: they belong to what is made next
 * @param servers steps at virtual servers and their destinations
 * @param refusing elements to be added next, which refuse or drop
 * @param closing elements to be deleted
 * @param addresses addresses to be added last, when everything stands
 */
record Changes(
        List<SetElement> opening,
        List<Operation> servers,
        List<SetElement> refusing,
        List<SetElement> closing,
        List<String> addresses) {

    /** Within a set the order is of no account: there may be tens of thousands. */
    private static final Comparator<SetElement> ORDER =
            Comparator.comparing(SetElement::set).thenComparing(SetElement::family);

    int size() {
        return opening.size()
                + servers.size()
                + refusing.size()
                + closing.size()
                + addresses.size();
    }

    /** Compares what is touched. */
    static Changes between(KernelState kernel, Target target, Target.Touched touched) {
        Changes changes =
                new Changes(
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>());
        touched.elements().forEach(element -> changes.compare(kernel, target, element));
        touched.servers().forEach(key -> changes.compare(kernel, target.server(key), key));
        touched.addresses().forEach(address -> changes.compare(kernel, target, address));
        // An element that only gets another mark is changed by adding it, and must not go then.
        Set<SetElement> added = changes.opening.stream().map(SetElement::known).collect(toSet());
        changes.closing.removeIf(element -> added.contains(element.known()));
        changes.opening.sort(ORDER);
        changes.refusing.sort(ORDER);
        changes.closing.sort(ORDER);
        return changes;
    }

    private void compare(KernelState kernel, Target target, SetElement element) {
        boolean has = kernel.elements().contains(element);
        boolean wants = target.hasElement(element);
        if (has && !wants) {
            closing.add(element);
        } else if (wants && !has) {
            (element.set().refuses() ? refusing : opening).add(element);
        }
    }

    /** An address goes only after its last virtual server; see {@link #left}. */
    private void compare(KernelState kernel, Target target, String address) {
        if (target.hasAddress(address)
                && !kernel.addresses().contains(address)
                && !kernel.addressesElsewhere().contains(address)) {
            addresses.add(address);
            opening.add(SetElement.vip(address));
        }
    }

    private void compare(KernelState kernel, @Nullable VirtualServer wanted, ServerKey key) {
        KernelState.Server server = kernel.server(key);
        if (server == null) {
            if (wanted != null && !kernel.foreign().contains(key)) {
                add(wanted);
            }
        } else if (wanted == null) {
            server.weights().forEach((real, weight) -> retire(key, real, weight));
            if (server.weights().isEmpty() || !key.hasConnections()) {
                servers.add(new Operation.DeleteServer(key));
            }
        } else {
            compare(wanted, server);
        }
    }

    private void add(VirtualServer wanted) {
        ServerKey key = wanted.key();
        if (key instanceof ServerKey.Address address) {
            opening.add(SetElement.owned(address));
        }
        servers.add(new Operation.AddServer(key, wanted.scheduler(), wanted.persistenceSeconds()));
        wanted.weights()
                .forEach((real, weight) -> servers.add(new Operation.AddReal(key, real, weight)));
    }

    private void compare(VirtualServer wanted, KernelState.Server server) {
        ServerKey key = wanted.key();
        if (!wanted.scheduler().equals(server.scheduler())
                || wanted.persistenceSeconds() != server.persistenceSeconds()) {
            servers.add(
                    new Operation.EditServer(key, wanted.scheduler(), wanted.persistenceSeconds()));
        }
        Map<RealServer, Integer> has = server.weights();
        for (Map.Entry<RealServer, Integer> entry : wanted.weights().entrySet()) {
            RealServer real = entry.getKey();
            Integer present = has.get(real);
            if (present == null) {
                servers.add(new Operation.AddReal(key, real, entry.getValue()));
            } else if (!present.equals(entry.getValue())) {
                servers.add(new Operation.EditReal(key, real, entry.getValue()));
            }
        }
        has.forEach((real, weight) -> {
            if (!wanted.weights().containsKey(real)) {
                retire(key, real, weight);
            }
        });
    }

    /** Connections end by themselves; see {@link Draining}. Datagrams have none to wait for. */
    private void retire(ServerKey key, RealServer real, int weight) {
        if (!key.hasConnections()) {
            servers.add(new Operation.DeleteReal(key, real));
        } else if (weight != 0) {
            servers.add(new Operation.EditReal(key, real, 0));
        }
    }

    /**
     * Which of the addresses may leave the link: those that nothing needs and no virtual server
     * uses.
     */
    static List<String> left(KernelState kernel, Target target, Set<String> addresses) {
        return addresses.stream()
                .filter(address -> kernel.addresses().contains(address))
                .filter(address -> !target.hasAddress(address) && !kernel.isInUse(address))
                .sorted()
                .toList();
    }
}
