package dev.penstock.l4.iptables;

import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether rules can match the ports of SCTP, which not every kernel does: one rule that it does not
 * take would keep it from taking any. Found out when the first Service with SCTP comes. One thread.
 */
final class SctpMatch {

    private static final Logger log = LoggerFactory.getLogger(SctpMatch.class);

    private final Set<String> named = new HashSet<>();
    private boolean isTried;
    private @Nullable String missing;

    /**
     * What rules can serve of a virtual service: all of it or nothing, which is said once.
     *
     * @param service what there is now; null when it is gone
     * @param iptables what would serve it
     */
    @Nullable VirtualService servable(
            VirtualServiceId id, @Nullable VirtualService service, Iptables iptables) {
        if (id.protocol() != Protocol.SCTP || (service != null && missing(iptables) == null)) {
            return service;
        }
        // The same line for both families is one too many.
        if (service == null) {
            named.remove(id.toString());
        } else if (named.add(id.toString())) {
            log.warn("{} is not served: {}", id, missing);
        }
        return null;
    }

    private @Nullable String missing(Iptables iptables) {
        if (!isTried) {
            isTried = true;
            String to = iptables.family() == IpFamily.IPV4 ? "192.0.2.1:80" : "[2001:db8::1]:80";
            String rule = "-p sctp -m sctp --dport 80 -j DNAT --to-destination " + to;
            missing =
                    new RuleTrial(iptables, "true")
                            .missing(Map.of("xt_sctp", RuleTrial.input(Chain.NAT, rule)));
        }
        return missing;
    }
}
