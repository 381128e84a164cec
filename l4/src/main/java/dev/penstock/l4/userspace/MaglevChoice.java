package dev.penstock.l4.userspace;

import dev.penstock.l4.LiveEndpoint;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.MaglevTable;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * By the client's address and port: the same on every node, moving few connections when
 * destinations change. Immutable.
 */
final class MaglevChoice {

    private final List<LiveEndpoint> slots;

    /**
     * Makes the table.
     *
     * @param destinations those that take new connections, at least one
     * @param endpoints the live endpoint of each
     */
    MaglevChoice(List<Destination> destinations, Function<Destination, LiveEndpoint> endpoints) {
        slots = MaglevTable.of(destinations).stream().map(endpoints).toList();
    }

    /**
     * Where a client goes.
     *
     * @param tried those that have failed it: the next in the table has it then
     * @return null where all have
     */
    @Nullable LiveEndpoint pick(InetSocketAddress client, Collection<LiveEndpoint> tried) {
        int first = (int) (hash(client) % slots.size());
        for (int i = 0; i < slots.size(); i++) {
            LiveEndpoint endpoint = slots.get((first + i) % slots.size());
            if (!tried.contains(endpoint)) {
                return endpoint;
            }
        }
        return null;
    }

    private static long hash(InetSocketAddress client) {
        CRC32C hash = new CRC32C();
        hash.update(client.getAddress().getAddress());
        hash.update(client.getPort() >>> Byte.SIZE);
        hash.update(client.getPort());
        return hash.getValue();
    }
}
