package dev.penstock.l4;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * By the client's address: the endpoint whose hash together with the client's is greatest
 * (rendezvous hashing). When an endpoint goes, only its clients move; when one comes, it takes its
 * share of clients and no other moves. All event loops, and all processes, choose alike.
 */
final class SourceHash implements Balancer {

    @Override
    public @Nullable LiveEndpoint pick(
            EndpointSet set, InetAddress client, Collection<LiveEndpoint> tried) {
        long clientHash = hash(client);
        LiveEndpoint choice = null;
        long greatest = 0;
        for (int i = 0; i < set.size(); i++) {
            LiveEndpoint endpoint = set.get(i);
            if (!tried.isEmpty() && tried.contains(endpoint)) {
                continue;
            }
            long weight = mix(clientHash ^ endpoint.stableHash());
            if (choice == null || Long.compareUnsigned(weight, greatest) > 0) {
                choice = endpoint;
                greatest = weight;
            }
        }
        return choice;
    }

    /** A hash of the address alone: the same in every process. */
    static long hash(InetAddress address) {
        if (address instanceof Inet4Address) {
            return mix(address.hashCode()); // the address itself; getAddress() would copy it
        }
        long hash = 0;
        for (byte part : address.getAddress()) {
            hash = mix(hash ^ (part & 0xff));
        }
        return hash;
    }

    /** The finisher of SplitMix64 (Steele, Lea, Flood 2014). */
    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
