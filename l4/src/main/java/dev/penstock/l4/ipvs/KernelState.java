package dev.penstock.l4.ipvs;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the kernel has of ours: read from it once, then kept up to date with what is done to it. */
final class KernelState {

    /** A virtual server; the weights change in place. */
    record Server(Scheduler scheduler, int persistenceSeconds, Map<RealServer, Integer> weights) {}

    private final Map<ServerKey, Server> servers = new HashMap<>();
    private final Map<String, Integer> serversOfAddress = new HashMap<>();
    private final Set<String> addresses = new HashSet<>();
    private final Set<SetElement> elements = new HashSet<>();

    private final Set<String> addressesElsewhere = new HashSet<>();
    private final Set<ServerKey> foreign = new HashSet<>();
    private final Set<ServerKey> draining = new LinkedHashSet<>();

    Map<ServerKey, Server> servers() {
        return servers;
    }

    @Nullable Server server(ServerKey key) {
        return servers.get(key);
    }

    void put(ServerKey key, Server server) {
        if (servers.put(key, server) == null && key instanceof ServerKey.Address address) {
            serversOfAddress.merge(address.address(), 1, Integer::sum);
        }
    }

    void remove(ServerKey key) {
        if (servers.remove(key) != null && key instanceof ServerKey.Address address) {
            serversOfAddress.merge(address.address(), -1, (a, b) -> a + b == 0 ? null : a + b);
        }
        draining.remove(key);
    }

    /** Whether there is a virtual server at an address. */
    boolean isInUse(String address) {
        return serversOfAddress.containsKey(address);
    }

    /** The addresses that lead to our link. */
    Set<String> addresses() {
        return addresses;
    }

    Set<SetElement> elements() {
        return elements;
    }

    /** Addresses that links have. */
    Set<String> addressesElsewhere() {
        return addressesElsewhere;
    }

    /** Virtual servers of somebody else. */
    Set<ServerKey> foreign() {
        return foreign;
    }

    /** Virtual servers that have, or may have, destinations which wait for connections to end. */
    Set<ServerKey> draining() {
        return draining;
    }

    /** Takes note of a step that was done. */
    void apply(Operation operation) {
        ServerKey key = operation.key();
        switch (operation) {
            case Operation.AddServer add ->
                    put(
                            key,
                            new Server(add.scheduler(), add.persistenceSeconds(), new HashMap<>()));
            case Operation.EditServer edit ->
                    put(key, new Server(edit.scheduler(), edit.persistenceSeconds(), weights(key)));
            case Operation.DeleteServer _ -> remove(key);
            case Operation.AddReal add -> weights(key).put(add.real(), add.weight());
            case Operation.EditReal edit -> {
                weights(key).put(edit.real(), edit.weight());
                if (edit.weight() == 0) {
                    draining.add(key);
                }
            }
            case Operation.DeleteReal delete -> weights(key).remove(delete.real());
        }
    }

    private Map<RealServer, Integer> weights(ServerKey key) {
        return requireNonNull(servers.get(key), "server").weights();
    }
}
