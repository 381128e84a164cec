package dev.penstock.l4.userspace;

import dev.penstock.l4.nftables.Nft;
import dev.penstock.l4.nftables.TableSearch;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualServiceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Redirections by nftables, in two tables of our own, each change one transaction. */
final class NftRedirects implements Redirects {

    private final Map<VirtualServiceId, List<NftText.Element>> present = new HashMap<>();
    private NodeFacts node = NodeFacts.NONE;
    private long elements;
    private @Nullable Nft nft;
    private @Nullable NftWatch watch;

    private Nft nft() throws RulesException {
        Nft opened = nft;
        if (opened == null) {
            opened = Nft.open();
            nft = opened;
        }
        return opened;
    }

    private NftWatch watch() throws RulesException {
        NftWatch opened = watch;
        if (opened == null) {
            opened = NftWatch.open();
            watch = opened;
        }
        return opened;
    }

    @Override
    public @Nullable String missing() {
        String reason = Nft.missing();
        if (reason != null) {
            return reason;
        }
        try {
            nft().run(NftText.PROBE);
            return null;
        } catch (RulesException e) {
            return e.getMessage();
        }
    }

    @Override
    public int replace(Map<VirtualServiceId, Redirect> redirects, NodeFacts facts)
            throws RulesException {
        node = facts;
        Map<VirtualServiceId, List<NftText.Element>> next = new HashMap<>();
        List<NftText.Element> all = new ArrayList<>();
        redirects.forEach((id, redirect) -> {
            List<NftText.Element> own = NftText.elements(redirect, node);
            next.put(id, own);
            all.addAll(own);
        });
        nft().run(NftText.removal() + NftText.tables(node) + NftText.change("add", all));
        present.clear();
        present.putAll(next);
        elements = all.size();
        watch().remember();
        return all.size();
    }

    @Override
    public int update(Set<VirtualServiceId> changed, Map<VirtualServiceId, Redirect> redirects)
            throws RulesException {
        Map<VirtualServiceId, List<NftText.Element>> next = new HashMap<>();
        List<NftText.Element> gone = new ArrayList<>();
        List<NftText.Element> come = new ArrayList<>();
        for (VirtualServiceId id : changed) {
            List<NftText.Element> before = present.getOrDefault(id, List.of());
            Redirect redirect = redirects.get(id);
            List<NftText.Element> after =
                    redirect == null ? List.of() : NftText.elements(redirect, node);
            next.put(id, after);
            before.stream().filter(element -> !after.contains(element)).forEach(gone::add);
            after.stream().filter(element -> !before.contains(element)).forEach(come::add);
        }
        if (!gone.isEmpty() || !come.isEmpty()) {
            nft().run(NftText.change("delete", gone) + NftText.change("add", come));
        }
        next.forEach((id, own) -> {
            if (own.isEmpty()) {
                present.remove(id);
            } else {
                present.put(id, own);
            }
        });
        elements += come.size() - gone.size();
        return come.size() + gone.size();
    }

    @Override
    public boolean isIntact() throws RulesException {
        return watch().isAsRemembered();
    }

    @Override
    public boolean remove() throws RulesException {
        boolean there = TableSearch.isPresent(NftText.NAME);
        if (there) {
            nft().run(NftText.removal());
        }
        present.clear();
        elements = 0;
        return there;
    }

    @Override
    public long size() {
        return elements;
    }

    @Override
    public void close() {
        if (nft != null) {
            nft.close();
            nft = null;
        }
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }
}
