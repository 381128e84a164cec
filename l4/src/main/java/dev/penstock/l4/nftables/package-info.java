/**
 * Services by rules of the kernel's nf_tables. Entry types: {@link
 * dev.penstock.l4.nftables.NftablesMode}, and {@link dev.penstock.l4.nftables.Nft}, which runs
 * scripts, also for other rules that go with nftables.
 *
 * <p>What a table holds is a pure function of the virtual services and the node ({@code
 * ServiceRules}, {@code StaticRules}); {@code Tables} brings the kernel to it.
 *
 * <p>Each object belongs to one thread at a time.
 */
@NullMarked
package dev.penstock.l4.nftables;

import org.jspecify.annotations.NullMarked;
