package dev.penstock.tls.sni;

import dev.penstock.model.http.HostPattern;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what belongs to a server name: the exact host's, else that of the wildcard for its first
 * label, else that of any host.
 */
public final class HostIndex<C> {

    private final Map<String, C> exact = new HashMap<>();

    /** By what stands behind the star, with its leading dot. */
    private final Map<String, C> wildcards = new HashMap<>();

    private final @Nullable C any;

    public HostIndex(Map<HostPattern, C> entries) {
        C anyHost = null;
        for (Map.Entry<HostPattern, C> entry : entries.entrySet()) {
            HostPattern host = entry.getKey();
            if (host.isAny()) {
                anyHost = entry.getValue();
            } else if (host.isWildcard()) {
                wildcards.put(host.wildcardSuffix(), entry.getValue());
            } else {
                exact.put(host.text(), entry.getValue());
            }
        }
        any = anyHost;
    }

    /**
     * What belongs to a server name, or null.
     *
     * @param serverName as a client sent it (RFC 6066 section 3); null where it sent none
     */
    public @Nullable C select(@Nullable String serverName) {
        if (serverName == null || serverName.isEmpty()) {
            return any;
        }
        String name = normalise(serverName);
        C found = exact.get(name);
        if (found == null) {
            int dot = name.indexOf('.');
            found = dot > 0 ? wildcards.get(name.substring(dot)) : null;
        }
        return found == null ? any : found;
    }

    private static String normalise(String serverName) {
        String name = serverName.toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
