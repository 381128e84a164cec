package dev.penstock.l4.nftables;

import dev.penstock.model.address.Cidr;
import java.util.List;

/**
 * What only nftables mode can do.
 *
 * @param serviceCidrs the networks that cluster addresses come from: packets to one of their
 *     addresses that no Service has are dropped. Empty: they go where routes lead
 */
public record NftablesSettings(List<Cidr> serviceCidrs) {

    /** No networks are known. */
    public static final NftablesSettings DEFAULT = new NftablesSettings(List.of());

    public NftablesSettings {
        serviceCidrs = List.copyOf(serviceCidrs);
    }
}
