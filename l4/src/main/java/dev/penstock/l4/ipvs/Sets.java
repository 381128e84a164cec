package dev.penstock.l4.ipvs;

import dev.penstock.l4.ipset.Ipset;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
    static Set<SetElement> elements() throws RulesException {
        Set<SetElement> elements = new HashSet<>();
        if (present().isEmpty()) {
            return elements;
        }
        Ipset.save()
                .lines()
                .filter(line -> line.startsWith("add " + SetName.PREFIX))
                .forEach(line -> {
                    String[] words = line.split(" ", 3);
                    Named named = BY_NAME.get(words[1]);
                    if (named != null) {
                        elements.add(new SetElement(named.name, named.family, words[2].strip()));
                    }
                });
        return elements;
    }

    /** The names of our sets that exist. */
    static List<String> present() throws RulesException {
        return Ipset.names().stream().filter(BY_NAME::containsKey).toList();
    }

    /** Whether all of them exist. */
    static boolean arePresent() throws RulesException {
        return new HashSet<>(Ipset.names()).containsAll(BY_NAME.keySet());
    }

    /** Adds elements, then deletes others. */
    static void change(Collection<SetElement> added, Collection<SetElement> deleted)
            throws RulesException {
        StringBuilder lines = new StringBuilder();
        added.forEach(element -> lines.append(element.addLine()).append('\n'));
        deleted.forEach(element -> lines.append(element.deleteLine()).append('\n'));
        Ipset.restore(lines.toString());
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
