package dev.penstock.l4.nftables;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.RulesException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Our tables in the kernel: writes by nft scripts, reads by netlink. One thread. */
final class Tables implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

    /** The table's comment. A table of another layout is replaced as a whole. */
    static final String SCHEMA = "penstock schema 1";

    /** How many elements a transaction has while a table is filled that nothing leads to yet. */
    private static final int FILL_MAX = 5000;

    private static final int UNKNOWN = -1;

    /** How long many elements are not read again after they were. */
    private static final Duration READ_PERIOD = Duration.ofSeconds(30);

    /** How many elements are read whenever there is reason to. */
    private static final int FEW = 1000;

    private final Nft nft;
    private final KernelTables kernel;

    /** Chains that nothing leads to, which an old kernel would not let go of at once. */
    private final Map<Dialect, Set<String>> goneChains = new HashMap<>();

    /** The number of the last change of any rules, if it was ours. */
    private int generation = UNKNOWN;

    /** When many elements were last read, and whether it is time again. */
    private long lastRead = System.nanoTime() - READ_PERIOD.toNanos();

    private boolean mayRead;

    /** Whether this look sees all there is to see. */
    private boolean isSeen;

    private Tables(Nft nft, KernelTables kernel) {
        this.nft = nft;
        this.kernel = kernel;
    }

    static Tables open() throws RulesException, ErrnoException {
        Nft nft = Nft.open();
        try {
            return new Tables(nft, KernelTables.open());
        } catch (ErrnoException e) {
            nft.close();
            throw e;
        }
    }

    /**
     * Brings a table to what is wanted, and changes only what differs.
     *
     * @param everything what is wanted; used up
     * @return how many rules and elements were added or deleted
     */
    int reconcile(TablePlanner.Everything everything) throws RulesException, ErrnoException {
        generation = UNKNOWN;
        lastRead = System.nanoTime(); // They are read or made now.
        TableChange wanted = everything.change();
        Dialect dialect = wanted.dialect();
        goneChains.remove(dialect);
        String comment = kernel.comment(dialect);
        if (comment == null) {
            return create(wanted);
        }
        if (!comment.equals(SCHEMA)) {
            return replace(wanted);
        }
        return difference(wanted, everything.sticky());
    }

    /** Fills a new table bit by bit, which takes less memory, before any packet is led to it. */
    private int create(TableChange wanted) throws RulesException, ErrnoException {
        Dialect dialect = wanted.dialect();
        List<Chain> base = wanted.newChains().stream().filter(Chain::isBase).toList();
        wanted.newChains().removeAll(base);
        Script first = new Script();
        first.declare(dialect, SCHEMA);
        first.chains(dialect, wanted.newChains());
        nft.run(first.text());
        kernel.addFirstRules(dialect, wanted.newRawChains());
        int operations = first.operations();
        for (Collection collection : Collection.values()) {
            Map<String, String> part = new LinkedHashMap<>();
            for (Map.Entry<String, String> element : wanted.added(collection).entrySet()) {
                part.put(element.getKey(), element.getValue());
                if (part.size() == FILL_MAX) {
                    operations += fill(dialect, collection, part);
                }
            }
            operations += fill(dialect, collection, part);
        }
        Script last = new Script();
        last.chains(dialect, base);
        nft.run(last.text());
        return operations + last.operations();
    }

    private int fill(Dialect dialect, Collection collection, Map<String, String> part)
            throws RulesException {
        int count = part.size();
        if (count > 0) {
            Script script = new Script();
            script.add(dialect, collection, part);
            nft.run(script.text());
            part.clear();
        }
        return count;
    }

    /** Replaces a table of another layout at once: there is no moment without rules. */
    private int replace(TableChange wanted) throws RulesException, ErrnoException {
        Script script = new Script();
        script.line("delete table " + wanted.dialect().table());
        script.declare(wanted.dialect(), SCHEMA);
        script.chainsOfNewTable(wanted.dialect(), wanted.newChains());
        wanted.writeAdded(script);
        nft.run(script.text());
        // Until now nobody was remembered, which harms nobody.
        kernel.addFirstRules(
                wanted.dialect(),
                wanted.newRawChains().stream().filter(Tables::isLeftOut).toList());
        return script.operations();
    }

    private int difference(TableChange wanted, Map<String, Set<String>> sticky)
            throws RulesException, ErrnoException {
        Dialect dialect = wanted.dialect();
        Set<String> sets = kernel.sets(dialect).keySet();
        boolean complete = true;
        for (Collection collection : Collection.values()) {
            if (!sets.contains(collection.title())) {
                complete = false;
            } else if (collection != Collection.CLIENTS) {
                keepDifferent(wanted, collection);
            }
        }
        keepDifferentChains(wanted);
        if (!complete) {
            Script declarations = new Script();
            declarations.declare(dialect, SCHEMA);
            nft.run(declarations.text());
        }
        Remembered remembered = new Remembered(dialect, Map.of(), sticky);
        return send(List.of(wanted), Map.of(dialect, remembered));
    }

    /**
     * Leaves of the wanted elements those that the kernel has not, and deletes what it has more.
     */
    private void keepDifferent(TableChange wanted, Collection collection) throws ErrnoException {
        Map<String, String> elements = wanted.added(collection);
        List<String> surplus = wanted.deleted(collection);
        Set<String> present = new HashSet<>();
        kernel.elements(
                wanted.dialect(),
                collection,
                () -> {
                    present.clear();
                    surplus.clear();
                },
                element -> {
                    if (element.value().equals(elements.get(element.key()))) {
                        present.add(element.key());
                    } else {
                        surplus.add(element.key());
                    }
                });
        elements.keySet().removeAll(present);
    }

    private void keepDifferentChains(TableChange wanted) throws ErrnoException {
        Map<String, List<String>> chains = kernel.chains(wanted.dialect());
        Set<String> surplus = new HashSet<>(chains.keySet());
        wanted.newChains().forEach(chain -> surplus.remove(chain.name()));
        wanted.newChains().removeIf(chain -> chain.marks().equals(chains.get(chain.name())));
        wanted.goneChains().addAll(surplus);
    }

    /**
     * Makes changes of the tables in one transaction.
     *
     * @return how many rules and elements were added or deleted
     */
    int update(java.util.Collection<TableChange> changes) throws RulesException, ErrnoException {
        Map<Dialect, Remembered> remembered = new HashMap<>();
        for (TableChange change : changes) {
            if (!change.leftDestinations().isEmpty()) {
                remembered.put(
                        change.dialect(),
                        new Remembered(change.dialect(), change.leftDestinations(), null));
            }
        }
        return send(changes, remembered);
    }

    private int send(java.util.Collection<TableChange> changes, Map<Dialect, Remembered> remembered)
            throws RulesException, ErrnoException {
        int before = kernel.generation();
        int operations = 0;
        Script script = new Script();
        for (TableChange change : changes) {
            operations += prepare(change);
            change.write(script);
            Remembered clients = remembered.get(change.dialect());
            if (clients != null) {
                clients.forget(kernel, script);
            }
        }
        if (!script.isEmpty()) {
            nft.run(script.text());
        }
        for (Remembered clients : remembered.values()) {
            forgetLate(clients);
        }
        operations += script.operations();
        for (TableChange change : changes) {
            operations += deleteChains(change);
        }
        int after = kernel.generation();
        // Anything else means that somebody else made a change too: then the rules are looked at.
        boolean onlyOurs = generation == before && after == before + 1 && !script.isEmpty();
        generation = onlyOurs ? after : UNKNOWN;
        return operations;
    }

    private static boolean isLeftOut(Chain chain) {
        RawRule first = chain.first();
        return first != null && !first.isScriptable();
    }

    /** Makes chains that nothing leads to yet. */
    private int prepare(TableChange change) throws RulesException, ErrnoException {
        List<Chain> chains = change.newRawChains();
        if (chains.isEmpty()) {
            return 0;
        }
        Script script = new Script();
        script.chains(change.dialect(), chains);
        nft.run(script.text());
        kernel.addFirstRules(change.dialect(), chains);
        return script.operations();
    }

    /** Between the look at the clients and the transaction some more may have been remembered. */
    private void forgetLate(Remembered clients) throws RulesException, ErrnoException {
        Script script = new Script();
        clients.forget(kernel, script);
        if (!script.isEmpty()) {
            nft.run(script.text());
        }
    }

    /**
     * Deletes chains that nothing leads to any more. Kernels before 6.2 count the references of
     * deleted elements until later: then it is tried again with the next change.
     */
    private int deleteChains(TableChange change) {
        Set<String> gone = goneChains.computeIfAbsent(change.dialect(), _ -> new HashSet<>());
        change.newChains().forEach(chain -> gone.remove(chain.name()));
        gone.addAll(change.goneChains());
        if (gone.isEmpty()) {
            return 0;
        }
        Script script = new Script();
        script.deleteChains(change.dialect(), gone);
        try {
            nft.run(script.text());
        } catch (RulesException e) {
            LOG.debug("Chains without use stay for now: {}", e.getMessage());
            return 0;
        }
        gone.clear();
        return script.operations();
    }

    /** Whether nobody changed any rule of nf_tables since the last look; costs next to nothing. */
    boolean isUntouched() throws ErrnoException {
        return generation != UNKNOWN && generation == kernel.generation();
    }

    /**
     * Whether our rules are as we made them, and our sets and maps have the elements they should.
     *
     * @param outlines what each table must have
     */
    boolean isIntact(Map<Dialect, TablePlanner.Outline> outlines) throws ErrnoException {
        int now = kernel.generation();
        mayRead = System.nanoTime() - lastRead >= READ_PERIOD.toNanos();
        isSeen = true;
        for (Map.Entry<Dialect, TablePlanner.Outline> table : outlines.entrySet()) {
            if (!isIntact(table.getKey(), table.getValue())) {
                return false;
            }
        }
        generation = isSeen ? now : UNKNOWN;
        return true;
    }

    private boolean isIntact(Dialect dialect, TablePlanner.Outline wanted) throws ErrnoException {
        if (!SCHEMA.equals(kernel.comment(dialect))) {
            return false;
        }
        Map<String, List<String>> present = kernel.chains(dialect);
        return wanted.chains().stream()
                        .allMatch(chain -> chain.marks().equals(present.get(chain.name())))
                && areElementsIntact(dialect, wanted.elements());
    }

    /** Whether nobody deleted, added or replaced elements. */
    private boolean areElementsIntact(Dialect dialect, Map<Collection, Tally> wanted)
            throws ErrnoException {
        Map<String, Integer> sets = kernel.sets(dialect);
        for (Collection collection : Collection.values()) {
            Integer present = sets.get(collection.title());
            if (present == null) {
                return false;
            }
            Tally tally = wanted.get(collection);
            if (collection != Collection.CLIENTS
                    && tally != null
                    && !has(dialect, collection, present, tally)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a set or map has just the elements that it should. The kernel has to be asked for all
     * of them, a tenth of a second for tens of thousands: of many that is done now and then.
     *
     * @param present how many the kernel says there are, if it tells
     */
    private boolean has(Dialect dialect, Collection collection, int present, Tally wanted)
            throws ErrnoException {
        if (present == 0 && wanted.count() == 0) {
            return true;
        }
        boolean mayBeRight = present == wanted.count() || present == KernelTables.UNCOUNTED;
        if (mayBeRight && wanted.count() > FEW && !mayRead) {
            isSeen = false;
            return true;
        }
        if (wanted.count() > FEW) {
            lastRead = System.nanoTime();
        }
        return kernel.tally(dialect, collection).isLike(wanted);
    }

    /** Deletes our tables. */
    boolean remove() throws RulesException, ErrnoException {
        Script script = new Script();
        for (Dialect dialect : Dialect.values()) {
            if (kernel.comment(dialect) != null) {
                script.line("delete table " + dialect.table());
            }
        }
        if (script.isEmpty()) {
            return false;
        }
        nft.run(script.text());
        return true;
    }

    @Override
    public void close() {
        nft.close();
        kernel.close();
    }

    /**
     * Clients that the kernel remembers and may not.
     *
     * @param dialect the table's family
     * @param left by number, destinations that may not be gone to
     * @param allowed by number, the only destinations that may be gone to; null where {@code left}
     *     says it
     */
    private record Remembered(
            Dialect dialect,
            Map<String, Set<String>> left,
            @Nullable Map<String, Set<String>> allowed) {

        /** Adds statements that make the kernel forget them. */
        void forget(KernelTables kernel, Script script) throws ErrnoException {
            List<KernelElement> found = new ArrayList<>();
            kernel.elements(
                    dialect,
                    Collection.CLIENTS,
                    found::clear,
                    element -> {
                        if (isStale(element)) {
                            found.add(element);
                        }
                    });
            Map<String, String> clients = new LinkedHashMap<>();
            found.forEach(element -> clients.put(element.key(), element.value()));
            // One may run out meanwhile, and to delete what is not there fails: so it is added,
            // which does nothing where it is there still.
            script.add(dialect, Collection.CLIENTS, clients);
            script.delete(dialect, Collection.CLIENTS, clients.keySet());
        }

        private boolean isStale(KernelElement client) {
            String id = client.key().substring(client.key().lastIndexOf(' ') + 1);
            return allowed == null
                    ? left.getOrDefault(id, Set.of()).contains(client.value())
                    : !allowed.getOrDefault(id, Set.of()).contains(client.value());
        }
    }
}
