package dev.penstock.l4.announce;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.model.address.AddressText;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces addresses from this node on the links that lead to them, in the network namespace of
 * the thread that made it. Needs the right to use packet sockets (CAP_NET_RAW).
 */
public final class Announcer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Announcer.class);

    /** How often links are looked at anew: they come, go, and change their link address. */
    private static final long LOOK_SECONDS = 5;

    private final @Nullable String linkName;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("penstock-announce").factory());

    // Owned by the executor's thread.
    private final Map<Integer, LinkAnnouncer> open = new HashMap<>();
    private Set<String> addresses = Set.of();
    private final Set<String> complaints = new HashSet<>();

    /**
     * @param linkName the link to announce on; null for the one that has an address in the same
     *     network, else that of the default route
     */
    public Announcer(@Nullable String linkName) {
        this.linkName = linkName;
        // Here and not later: the thread stays in the namespace of the one that starts it.
        var _ = executor.submit(() -> {});
        var _ =
                executor.scheduleWithFixedDelay(
                        this::refresh, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Announces these addresses and no others from now on; returns at once.
     *
     * @param wanted in canonical text form
     */
    public void update(Collection<String> wanted) {
        Set<String> next = new TreeSet<>(wanted);
        executor.execute(() -> {
            if (!next.equals(addresses)) {
                addresses = next;
                refresh();
            }
        });
    }

    private void refresh() {
        try {
            if (!addresses.isEmpty() || !open.isEmpty()) {
                apply(assigned());
            }
        } catch (ErrnoException e) {
            complain(e.getMessage());
        } catch (RuntimeException e) {
            // A fault of our own must not end the announcing of what is announced.
            log.error("Load balancer addresses could not be announced", e);
        }
    }

    private Map<Links.Link, Set<InetAddress>> assigned() throws ErrnoException {
        Links links = Links.read();
        Map<Integer, Links.Link> byIndex = new HashMap<>();
        Map<Links.Link, Set<InetAddress>> assigned = new HashMap<>();
        for (String text : addresses) {
            InetAddress address = AddressText.parse(text);
            if (address == null) {
                continue;
            }
            Links.Link link = linkName == null ? links.of(address) : links.named(linkName);
            if (link == null) {
                complain(
                        linkName == null
                                ? "no Ethernet link leads to " + text + "; it is not announced"
                                : "there is no Ethernet link "
                                        + linkName
                                        + "; load balancer addresses are not announced");
                continue;
            }
            Links.Link known = byIndex.computeIfAbsent(link.index(), _ -> link);
            assigned.computeIfAbsent(known, _ -> new HashSet<>()).add(address);
        }
        return assigned;
    }

    private void apply(Map<Links.Link, Set<InetAddress>> assigned) {
        Set<Integer> kept = new HashSet<>();
        assigned.forEach((link, wanted) -> {
            LinkAnnouncer announcer = open.get(link.index());
            if (announcer != null && !announcer.isStillOf(link)) {
                open.remove(link.index());
                announcer.close();
                announcer = null;
            }
            try {
                if (announcer == null) {
                    announcer = LinkAnnouncer.open(link, executor);
                    open.put(link.index(), announcer);
                }
                announcer.update(wanted);
                kept.add(link.index());
                complaints.clear();
            } catch (ErrnoException e) {
                complain(e.getMessage() + "; load balancer addresses are not announced");
            }
        });
        open.values()
                .removeIf(announcer -> {
                    boolean isGone = !kept.contains(announcer.index());
                    if (isGone) {
                        announcer.close();
                    }
                    return isGone;
                });
    }

    /** Once for each cause, until it works again. */
    private void complain(String cause) {
        if (complaints.add(cause)) {
            log.warn("{}", cause);
        }
    }

    /** Answers no more. Neighbours are not told: whoever takes an address over tells them. */
    @Override
    public void close() {
        executor.execute(() -> {
            open.values().forEach(LinkAnnouncer::close);
            open.clear();
            addresses = Set.of();
        });
        executor.shutdown();
        try {
            boolean _ = executor.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
