package dev.penstock.l4.ipvs;

import dev.penstock.l4.ipset.Ipset;
import dev.penstock.l4.ipset.SetSocket;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Our sets in the kernel. */
final class Sets {

    private record Named(SetName name, IpFamily family) {}

    private static final Map<String, Named> BY_NAME = byName();

    private Sets() {}

    private static Map<String, Named> byName() {
        Map<String, Named> names = new HashMap<>();
        for (SetName name : SetName.values()) {
            for (IpFamily family : IpFamily.values()) {
                names.put(name.of(family), new Named(name, family));
            }
        }
        return Map.copyOf(names);
    }

    /** Makes those that do not exist; returns how many. */
    static int create() throws RulesException {
        Set<String> present = new HashSet<>(Ipset.names());
        List<String> lines =
                BY_NAME.entrySet().stream()
                        .filter(entry -> !present.contains(entry.getKey()))
                        .map(entry -> entry.getValue().name.create(entry.getValue().family))
                        .sorted()
                        .toList();
        Ipset.restore(String.join("\n", lines) + "\n");
        return lines.size();
    }

    /** All elements of our sets. */
    static Set<SetElement> elements(SetSocket socket) throws ErrnoException, RulesException {
        Set<SetElement> elements = new HashSet<>();
        for (String set : present()) {
            Named named = BY_NAME.get(set);
            if (named != null) {
                socket.elements(set)
                        .forEach(text ->
                                elements.add(new SetElement(named.name, named.family, text)));
            }
        }
        return elements;
    }

    /** The names of our sets that exist. */
    static List<String> present() throws RulesException {
        return Ipset.names().stream().filter(BY_NAME::containsKey).toList();
    }

    /** Whether all of them exist. */
    static boolean arePresent(SetSocket socket) throws ErrnoException {
        return socket.names().containsAll(BY_NAME.keySet());
    }

    /** Adds elements, then deletes others; those of one set together, in the sets' order. */
    static void change(
            SetSocket socket, Collection<SetElement> added, Collection<SetElement> deleted)
            throws ErrnoException {
        List<SetSocket.Change> changes = new ArrayList<>();
        bySet(added).forEach((set, texts) -> changes.add(new SetSocket.Change(set, true, texts)));
        bySet(deleted)
                .forEach((set, texts) -> changes.add(new SetSocket.Change(set, false, texts)));
        socket.execute(changes);
    }

    private static Map<String, List<String>> bySet(Collection<SetElement> elements) {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        for (SetElement element : elements) {
            sets.computeIfAbsent(element.set().of(element.family()), _ -> new ArrayList<>())
                    .add(element.text());
        }
        return sets;
    }

    /** Removes all of ours; returns whether there were any. */
    static boolean remove() throws RulesException {
        List<String> present = present();
        Ipset.restore(
                present.stream()
                        .map(name -> "destroy " + name + "\n")
                        .collect(Collectors.joining()));
        return !present.isEmpty();
    }
}
