package dev.penstock.l4.userspace;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.collect.ShardedMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves Services by sockets of this process, to which rules redirect connections; or without
 * rules, on loopback addresses. Destinations see the node as the source. What does not answer is
 * passed over for another destination, which no mode of rules can do.
 *
 * <p>As rules without this process would lead nowhere, {@link #close} removes them, other than in
 * other modes.
 */
public final class UserspaceMode implements RuleMode {

    private static final Logger log = LoggerFactory.getLogger(UserspaceMode.class);

    private static final Set<Algorithm> ALGORITHMS =
            Collections.unmodifiableSet(
                    new LinkedHashSet<>(
                            List.of(
                                    Algorithm.ROUND_ROBIN,
                                    Algorithm.RANDOM,
                                    Algorithm.WEIGHTED,
                                    Algorithm.MAGLEV,
                                    Algorithm.LEAST_CONNECTIONS,
                                    Algorithm.SOURCE_HASH)));

    private final UserspaceSettings settings;
    private final Redirects redirects;
    private final Map<VirtualServiceId, ServiceSockets> sockets = new TreeMap<>();
    private final Set<String> unserved = new HashSet<>();
    private volatile @Nullable SocketLoops loops;

    /** What the rules were last; null if that is not known. */
    private @Nullable NodePlan applied;

    /**
     * A mode that holds nothing yet.
     *
     * @param settings what holds for all Services
     */
    public UserspaceMode(UserspaceSettings settings) {
        this(
                settings,
                settings.redirect()
                        ? new Redirection(new NftRedirects(), new IptablesRedirects())
                        : Redirects.none());
    }

    UserspaceMode(UserspaceSettings settings, Redirects redirects) {
        this.settings = settings;
        this.redirects = redirects;
    }

    @Override
    public String name() {
        return "userspace";
    }

    @Override
    public @Nullable String missing() {
        return redirects.missing();
    }

    @Override
    public Set<Algorithm> algorithms() {
        return ALGORITHMS;
    }

    @Override
    public Applied apply(NodePlan plan) throws RulesException {
        NodePlan before = applied;
        boolean full = before == null || !before.node().equals(plan.node());
        Set<VirtualServiceId> changed = plan.changedSince(before == null ? NodePlan.EMPTY : before);
        if (before == null) {
            changed.addAll(sockets.keySet());
        }
        if (!full && changed.isEmpty()) {
            return Applied.NOTHING;
        }
        applied = null; // until it has succeeded
        openSockets(changed, plan.services());
        answerFrom(plan.node(), full ? sockets.keySet() : changed);
        int rules =
                full
                        ? redirects.replace(redirects(plan.services()), plan.node())
                        : redirects.update(changed, redirects(changed, plan.services()));
        closeSockets(changed, plan.services());
        applied = plan;
        return new Applied(full, settings.redirect() ? rules : changed.size());
    }

    private void openSockets(
            Set<VirtualServiceId> changed, ShardedMap<VirtualServiceId, VirtualService> services)
            throws RulesException {
        SocketLoops present = loops();
        Map<ServiceSockets, VirtualService> served = new LinkedHashMap<>();
        for (VirtualServiceId id : changed) {
            VirtualService service = services.get(id);
            if (service != null && isServed(id)) {
                ServiceSockets own =
                        sockets.computeIfAbsent(id, _ -> new ServiceSockets(present, settings));
                own.open(service);
                served.put(own, service);
            }
        }
        for (Map.Entry<ServiceSockets, VirtualService> each : served.entrySet()) {
            if (each.getKey().update(each.getValue())) {
                logAddress(each.getValue().id(), each.getKey());
            }
        }
    }

    /** Has datagrams answered from the address that the rules send them to. */
    private void answerFrom(NodeFacts node, Set<VirtualServiceId> ids) {
        Map<IpFamily, InetAddress> targets = new EnumMap<>(IpFamily.class);
        for (IpFamily family : IpFamily.values()) {
            targets.put(family, Redirect.targetOrLoopback(family, node));
        }
        for (VirtualServiceId id : ids) {
            ServiceSockets own = sockets.get(id);
            if (own != null) {
                own.answerFrom(requireNonNull(targets.get(id.family())));
            }
        }
    }

    private SocketLoops loops() {
        SocketLoops present = loops;
        if (present == null) {
            present = SocketLoops.of(settings);
            loops = present;
        }
        return present;
    }

    /** Whether sockets can serve it; says so once if not. */
    private boolean isServed(VirtualServiceId id) {
        boolean served = ServiceSockets.serves(id.protocol());
        // The same line for both families is one too many.
        if (!served && unserved.add(id.toString())) {
            log.warn("{} is not served: userspace mode has no {}", id, id.protocol());
        }
        return served;
    }

    private void logAddress(VirtualServiceId id, ServiceSockets own) {
        InetSocketAddress address = own.address();
        if (!settings.redirect() && address != null) {
            log.info("{} is served on {} {}", id, id.protocol(), AddressText.authority(address));
        }
    }

    private Map<VirtualServiceId, Redirect> redirects(
            ShardedMap<VirtualServiceId, VirtualService> services) {
        return redirects(sockets.keySet(), services);
    }

    private Map<VirtualServiceId, Redirect> redirects(
            Set<VirtualServiceId> ids, ShardedMap<VirtualServiceId, VirtualService> services) {
        Map<VirtualServiceId, Redirect> result = new TreeMap<>();
        for (VirtualServiceId id : ids) {
            VirtualService service = services.get(id);
            ServiceSockets own = sockets.get(id);
            if (service != null && own != null) {
                result.put(id, own.redirect(service));
            }
        }
        return result;
    }

    private void closeSockets(
            Set<VirtualServiceId> changed, ShardedMap<VirtualServiceId, VirtualService> services) {
        for (VirtualServiceId id : changed) {
            VirtualService service = services.get(id);
            ServiceSockets own = sockets.get(id);
            if (service == null) {
                unserved.remove(id.toString());
                sockets.remove(id);
            }
            if (own != null) {
                own.closeUnused(service);
            }
        }
    }

    /** Where each virtual service listens; without redirection, that is where clients find it. */
    public NavigableMap<VirtualServiceId, InetSocketAddress> addresses() {
        NavigableMap<VirtualServiceId, InetSocketAddress> result = new TreeMap<>();
        sockets.forEach((id, own) -> {
            InetSocketAddress address = own.address();
            if (address != null) {
                result.put(id, address);
            }
        });
        return result;
    }

    /** How many file descriptors sockets take, connections' and sessions' included. */
    public int openFiles() {
        SocketLoops present = loops;
        return present == null ? 0 : present.descriptors().taken();
    }

    @Override
    public boolean isIntact() throws RulesException {
        boolean intact = redirects.isIntact();
        if (!intact) {
            applied = null;
        }
        return intact;
    }

    @Override
    public boolean remove() throws RulesException {
        applied = null;
        return redirects.remove();
    }

    @Override
    public long size() {
        return settings.redirect() ? redirects.size() : sockets.size();
    }

    /**
     * Ends all connections, then removes the rules: without these, clients would not see the end of
     * theirs, as it would come from an address that they do not know.
     */
    @Override
    public void close() {
        SocketLoops present = loops;
        if (present == null) {
            redirects.close();
            return;
        }
        sockets.values().forEach(ServiceSockets::close);
        sockets.clear();
        applied = null;
        loops = null;
        present.close();
        try {
            boolean _ = redirects.remove();
        } catch (RulesException e) {
            log.warn("redirections may be left: {}", e.getMessage());
        }
        redirects.close();
    }
}
