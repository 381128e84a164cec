package dev.penstock.l4.ipvs;

import dev.penstock.l4.ipset.SetSocket;
import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is applied on this node, and how to change it. After an exception it is to be closed: what
 * the kernel has is unknown then.
 */
final class IpvsNode implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(IpvsNode.class);

    private static final long SWEEP_INTERVAL_NANOS = 1_000_000_000;

    private final IpvsSettings settings;
    private final IpvsFamily family;
    private final VipLink vips;
    private final SetSocket sets;
    private final Map<String, Boolean> schedulers = new HashMap<>();
    private final Map<IpFamily, Tables> tables = new EnumMap<>(IpFamily.class);
    private final Map<IpFamily, Iptables> programs = new EnumMap<>(IpFamily.class);
    private KernelState kernel = new KernelState();
    private Plans plans = new Plans(this::scheduler, Map.of());
    private SystemSettings system = SystemSettings.of("");
    private int linkIndex;
    private boolean quiet;
    private long lastSweep = System.nanoTime();

    private IpvsNode(IpvsSettings settings, IpvsFamily family, VipLink vips, SetSocket sets) {
        this.settings = settings;
        this.family = family;
        this.vips = vips;
        this.sets = sets;
    }

    static IpvsNode open(IpvsSettings settings) throws ErrnoException {
        VipLink vips = VipLink.open();
        SetSocket sets = SetSocket.open();
        try {
            return new IpvsNode(settings, IpvsFamily.open(), vips, sets);
        } catch (ErrnoException e) {
            vips.close();
            sets.close();
            throw e;
        }
    }

    /** Compares everything with what the kernel has. */
    Applied reconcile(NodePlan plan) throws ErrnoException, RulesException {
        int operations = ensureLink();
        // Of both families: they cost nothing, and the networks of pods go into them at once.
        operations += Sets.create();
        Set<SetElement> elements = Sets.elements(sets);
        read(elements);
        plans = new Plans(this::scheduler, marks(elements));
        loadSchedulers(plan);
        plans.change(plan);
        operations += ensureFamilies();
        operations += repairSets();
        Target.Touched touched = plans.target().all();
        touched.servers().addAll(kernel.servers().keySet());
        touched.elements().addAll(kernel.elements());
        touched.addresses().addAll(kernel.addresses());
        operations += execute(touched);
        operations += sweep(List.copyOf(kernel.draining()));
        return new Applied(true, operations);
    }

    /** Changes what differs from what was applied last. */
    Applied change(NodePlan plan) throws ErrnoException, RulesException {
        loadSchedulers(plan);
        Target.Touched touched = plans.change(plan);
        int operations = ensureFamilies();
        Set<ServerKey> draining = new HashSet<>(kernel.draining());
        operations += execute(touched);
        List<ServerKey> fresh =
                kernel.draining().stream().filter(key -> !draining.contains(key)).toList();
        operations += sweep(fresh);
        operations += sweepFromTimeToTime();
        return operations == 0 ? Applied.NOTHING : new Applied(false, operations);
    }

    private int ensureLink() throws ErrnoException, RulesException {
        VipLink.Link link = vips.find();
        boolean isNew = link == null;
        if (link == null) {
            vips.create();
            link = vips.find();
        }
        if (link == null || !link.isOurs()) {
            throw new RulesException(
                    "link " + VipLink.NAME + " exists and is no dummy link: remove or rename it");
        }
        if (!link.isUp()) {
            vips.up();
        }
        linkIndex = link.index();
        system = SystemSettings.of(link.alias());
        boolean changed = system.set();
        if (changed) {
            vips.alias(system.toString());
        }
        return (isNew ? 1 : 0) + (changed ? 1 : 0);
    }

    private void read(Set<SetElement> elements) throws ErrnoException {
        kernel = new KernelState();
        VipLink.Addresses addresses = vips.addresses(linkIndex);
        kernel.addresses().addAll(addresses.ours());
        kernel.addressesElsewhere().addAll(addresses.elsewhere());
        Set<String> owned = owned(elements);
        Map<ServerKey, KernelState.Server> servers = family.servers(key -> isOwned(key, owned));
        servers.forEach((key, server) -> {
            if (isOwned(key, owned)) {
                kernel.put(key, server);
                kernel.draining().add(key);
            } else {
                kernel.foreign().add(key);
            }
        });
        kernel.elements().addAll(elements);
    }

    /** Brings the two sets in line that follow virtual servers and addresses. */
    private int repairSets() throws ErrnoException {
        Set<SetElement> wanted = new HashSet<>();
        kernel.addresses().forEach(address -> wanted.add(SetElement.vip(address)));
        for (ServerKey key : kernel.servers().keySet()) {
            if (key instanceof ServerKey.Address address) {
                wanted.add(SetElement.owned(address));
            }
        }
        Set<SetElement> present =
                kernel.elements().stream()
                        .filter(element -> element.set().followsKernel())
                        .collect(Collectors.toSet());
        List<SetElement> missing =
                wanted.stream().filter(element -> !present.contains(element)).toList();
        List<SetElement> stale =
                present.stream().filter(element -> !wanted.contains(element)).toList();
        Sets.change(sets, missing, stale);
        kernel.elements().removeAll(present);
        return missing.size() + stale.size();
    }

    private static Set<String> owned(Set<SetElement> elements) {
        return elements.stream()
                .filter(element -> element.set() == SetName.OWNED)
                .map(SetElement::text)
                .collect(Collectors.toSet());
    }

    private static boolean isOwned(ServerKey key, Set<String> owned) {
        return switch (key) {
            case ServerKey.Mark mark -> Marks.isOurs(mark.mark());
            case ServerKey.Address address -> owned.contains(address.element());
        };
    }

    /** The marks that the set has, by address, protocol and port. */
    private static Map<String, Integer> marks(Set<SetElement> elements) {
        Map<String, Integer> marks = new HashMap<>();
        for (SetElement element : elements) {
            String[] words = element.text().split(" skbmark 0x", 2);
            if (element.set() == SetName.SHORT_CIRCUIT && words.length == 2) {
                marks.put(words[0], Integer.parseUnsignedInt(words[1], 16));
            }
        }
        return marks;
    }

    private Scheduler scheduler(VirtualService service) {
        String otherwise =
                schedulers.getOrDefault(settings.scheduler(), true)
                        ? settings.scheduler()
                        : Scheduler.ROUND_ROBIN;
        return Scheduler.of(service, otherwise, name -> schedulers.getOrDefault(name, true));
    }

    /** Learns whether the kernel has the schedulers that are asked for. */
    private void loadSchedulers(NodePlan plan) throws ErrnoException {
        if (!schedulers.containsKey(settings.scheduler())) {
            if (!load(settings.scheduler())) {
                log.warn(
                        "ipvs scheduler {} is missing in this kernel; {} is used",
                        settings.scheduler(),
                        Scheduler.ROUND_ROBIN);
            }
        }
        for (VirtualServiceId id : plan.changedSince(plans.plan())) {
            VirtualService service = plan.services().get(id);
            if (service != null) {
                String name = Scheduler.asked(service);
                if (name != null && !schedulers.containsKey(name)) {
                    load(name);
                }
            }
        }
    }

    private boolean load(String name) throws ErrnoException {
        boolean has = family.hasScheduler(name);
        schedulers.put(name, has);
        return has;
    }

    /** Makes the rules of the families that there are Services of. */
    private int ensureFamilies() throws RulesException {
        int operations = 0;
        for (IpFamily one : IpFamily.values()) {
            if (one == IpFamily.IPV6 && !tables.containsKey(one) && !plans.target().needs(one)) {
                continue;
            }
            Tables wanted = new Tables(one, plans.plan().node());
            Tables present = tables.get(one);
            if (present != null && present.rules().equals(wanted.rules())) {
                continue;
            }
            Iptables program = programs.get(one);
            if (program == null) {
                program = Iptables.find(one);
                programs.put(one, program);
            }
            operations += wanted.apply(program);
            tables.put(one, wanted);
        }
        return operations;
    }

    /** Brings what is touched to what it is to be. */
    private int execute(Target.Touched touched) throws ErrnoException, RulesException {
        Changes changes = Changes.between(kernel, plans.target(), touched);
        Sets.change(sets, changes.opening(), List.of());
        execute(changes.servers());
        Sets.change(sets, changes.refusing(), changes.closing());
        changes.opening().stream()
                .filter(element -> !element.set().followsKernel())
                .forEach(kernel.elements()::add);
        kernel.elements().addAll(changes.refusing());
        changes.closing().forEach(kernel.elements()::remove);
        if (!changes.addresses().isEmpty()) {
            keepQuiet();
            vips.add(linkIndex, changes.addresses());
            kernel.addresses().addAll(changes.addresses());
        }
        Set<ServerKey> deleted = new HashSet<>();
        for (Operation operation : changes.servers()) {
            if (operation instanceof Operation.DeleteServer) {
                deleted.add(operation.key());
            }
        }
        return changes.size() + cleanUp(deleted, touched.addresses());
    }

    private void execute(List<Operation> operations) throws ErrnoException {
        if (operations.isEmpty()) {
            return;
        }
        List<ErrnoException> failures = family.execute(operations);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        operations.forEach(kernel::apply);
    }

    private void keepQuiet() throws ErrnoException, RulesException {
        if (!quiet) {
            quiet = true;
            if (system.keepQuiet()) {
                vips.alias(system.toString());
            }
        }
    }

    /** Removes what virtual servers leave behind, and addresses that nothing needs any more. */
    private int cleanUp(Collection<ServerKey> deleted, Set<String> touched)
            throws ErrnoException, RulesException {
        Set<String> addresses = new HashSet<>(touched);
        List<SetElement> elements = new ArrayList<>();
        for (ServerKey key : deleted) {
            if (key instanceof ServerKey.Address address) {
                addresses.add(address.address());
                elements.add(SetElement.owned(address));
            }
        }
        List<String> left = Changes.left(kernel, plans.target(), addresses);
        if (!left.isEmpty()) {
            vips.remove(linkIndex, left);
            left.forEach(kernel.addresses()::remove);
            left.forEach(address -> elements.add(SetElement.vip(address)));
        }
        Sets.change(sets, List.of(), elements);
        return left.size();
    }

    private int sweepFromTimeToTime() throws ErrnoException, RulesException {
        long now = System.nanoTime();
        if (now - lastSweep < SWEEP_INTERVAL_NANOS) {
            return 0;
        }
        lastSweep = now;
        return sweep(List.copyOf(kernel.draining()));
    }

    /** Deletes destinations whose last connection has ended. */
    private int sweep(Collection<ServerKey> keys) throws ErrnoException, RulesException {
        List<Operation> operations = new ArrayList<>();
        Set<ServerKey> deleted = new HashSet<>();
        for (ServerKey key : keys) {
            VirtualServer wanted = plans.target().server(key);
            List<Operation> drained = new ArrayList<>();
            int waiting = drained(key, wanted, drained);
            if (waiting == 0) {
                kernel.draining().remove(key);
                if (wanted == null) {
                    drained = List.of(new Operation.DeleteServer(key));
                    deleted.add(key);
                }
            }
            operations.addAll(drained);
        }
        execute(operations);
        cleanUp(deleted, Set.of());
        return operations.size();
    }

    /** Finds destinations to delete; returns how many still have connections. */
    private int drained(ServerKey key, @Nullable VirtualServer wanted, List<Operation> drained)
            throws ErrnoException {
        KernelState.Server server = kernel.server(key);
        if (server == null) {
            return 0;
        }
        boolean retires =
                server.weights().keySet().stream()
                        .anyMatch(real -> wanted == null || !wanted.weights().containsKey(real));
        int waiting = 0;
        for (IpvsFamily.RealState real :
                retires ? family.destinations(key) : List.<IpvsFamily.RealState>of()) {
            if (wanted != null && wanted.weights().containsKey(real.real())) {
                continue;
            }
            if (real.connections() > 0) {
                waiting++;
            } else {
                drained.add(new Operation.DeleteReal(key, real.real()));
            }
        }
        return waiting;
    }

    /** Whether samples of everything are there; also a time to look for ended connections. */
    boolean isIntact() throws ErrnoException, RulesException {
        sweepFromTimeToTime();
        VipLink.Link link = vips.find();
        if (link == null || link.index() != linkIndex || !link.isUp()) {
            return false;
        }
        if (!Sets.arePresent(sets)) {
            return false;
        }
        for (Map.Entry<IpFamily, Tables> entry : tables.entrySet()) {
            Iptables program = programs.get(entry.getKey());
            if (program == null || !entry.getValue().isIntact(program)) {
                return false;
            }
        }
        String address = sample(kernel.addresses());
        if (address != null && !vips.isLocal(address)) {
            return false;
        }
        ServerKey key = sample(kernel.servers().keySet());
        KernelState.Server server = key == null ? null : kernel.server(key);
        return key == null
                || server == null
                || family.destinations(key).size() == server.weights().size();
    }

    private static <T> @Nullable T sample(Collection<T> all) {
        Iterator<T> iterator = all.iterator();
        return iterator.hasNext() ? iterator.next() : null;
    }

    /** Deletes the virtual servers that our sets or our marks say are ours. */
    static boolean removeServers(IpvsFamily family, Set<SetElement> elements)
            throws ErrnoException {
        Set<String> owned = owned(elements);
        List<Operation> operations = new ArrayList<>();
        for (ServerKey key : family.servers(_ -> false).keySet()) {
            if (isOwned(key, owned)) {
                operations.add(new Operation.DeleteServer(key));
            }
        }
        List<ErrnoException> failures = family.execute(operations);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        return !operations.isEmpty();
    }

    long size() {
        return kernel.servers().size();
    }

    @Override
    public void close() {
        family.close();
        vips.close();
        sets.close();
    }
}
