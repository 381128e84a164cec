package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All hosts and what happens to a request that none of them takes.
 *
 * @param hosts the hosts by pattern, sorted
 * @param defaultRoute takes what no route of the chosen host takes; null for 404
 */
public record HttpConfig(SortedMap<HostPattern, VirtualHost> hosts, @Nullable Route defaultRoute) {

    /** No hosts: every request is answered 404. */
    public static final HttpConfig EMPTY = new HttpConfig(new TreeMap<>(), null);

    public HttpConfig {
        hosts = Collections.unmodifiableSortedMap(requireNonNull(hosts, "hosts"));
    }
}
