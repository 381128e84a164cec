package dev.penstock.l4.ipvs;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's virtual servers, by its generic netlink family {@code IPVS} (Linux, {@code
 * include/uapi/linux/ip_vs.h}).
 */
final class IpvsFamily implements AutoCloseable {

    private static final int VERSION = 1;

    private static final int NEW_SERVICE = 1;
    private static final int SET_SERVICE = 2;
    private static final int DELETE_SERVICE = 3;
    private static final int GET_SERVICE = 4;
    private static final int NEW_DESTINATION = 5;
    private static final int SET_DESTINATION = 6;
    private static final int DELETE_DESTINATION = 7;
    private static final int GET_DESTINATION = 8;

    private static final int SERVICE = 1;
    private static final int DESTINATION = 2;

    private static final int SERVICE_FAMILY = 1;
    private static final int SERVICE_PROTOCOL = 2;
    private static final int SERVICE_ADDRESS = 3;
    private static final int SERVICE_PORT = 4;
    private static final int SERVICE_MARK = 5;
    private static final int SERVICE_SCHEDULER = 6;
    private static final int SERVICE_FLAGS = 7;
    private static final int SERVICE_TIMEOUT = 8;
    private static final int SERVICE_NETMASK = 9;

    private static final int DESTINATION_ADDRESS = 1;
    private static final int DESTINATION_PORT = 2;
    private static final int DESTINATION_METHOD = 3;
    private static final int DESTINATION_WEIGHT = 4;
    private static final int DESTINATION_UPPER = 5;
    private static final int DESTINATION_LOWER = 6;
    private static final int DESTINATION_ACTIVE = 7;
    private static final int DESTINATION_INACTIVE = 8;
    private static final int DESTINATION_FAMILY = 11;

    private static final int FLAG_PERSISTENT = 0x1;
    private static final int FLAGS_OF_SCHEDULER = 0x38;
    private static final int METHOD_MASQUERADE = 0;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int ADDRESS_LENGTH = 16;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_SCTP = 132;

    private final NetlinkSocket socket;
    private final int family;

    private IpvsFamily(NetlinkSocket socket, int family) {
        this.socket = socket;
        this.family = family;
    }

    /** Opens it; the kernel loads its module ip_vs if it can. */
    static IpvsFamily open() throws ErrnoException {
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.GENERIC);
        try {
            return new IpvsFamily(socket, socket.genericFamily("IPVS"));
        } catch (ErrnoException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Does all of them, in order; what fails does not stop the rest.
     *
     * @return what failed
     */
    List<ErrnoException> execute(List<Operation> operations) throws ErrnoException {
        return socket.execute(operations.stream().map(this::message).toList());
    }

    /** Whether the kernel has a scheduler, whose module it loads if it can. */
    boolean hasScheduler(String name) throws ErrnoException {
        ServerKey key = new ServerKey.Mark(IpFamily.IPV4, Marks.TRIAL, false);
        List<ErrnoException> failures =
                socket.execute(
                        List.of(
                                message(new Operation.AddServer(key, Scheduler.named(name), 0)),
                                message(new Operation.DeleteServer(key))));
        if (failures.isEmpty()) {
            return true;
        }
        if (failures.getFirst().errno() == ErrnoException.ENOENT) {
            return false;
        }
        throw failures.getFirst();
    }

    /** All virtual servers, with their destinations where the filter says so. */
    Map<ServerKey, KernelState.Server> servers(Predicate<ServerKey> wanted) throws ErrnoException {
        Map<ServerKey, KernelState.Server> servers = new HashMap<>();
        socket.dump(
                request("list virtual servers", GET_SERVICE),
                servers::clear,
                reply -> read(reply, servers));
        for (Map.Entry<ServerKey, KernelState.Server> entry : servers.entrySet()) {
            if (wanted.test(entry.getKey())) {
                for (RealState real : destinations(entry.getKey())) {
                    entry.getValue().weights().put(real.real(), real.weight());
                }
            }
        }
        return servers;
    }

    private static void read(NetlinkReply reply, Map<ServerKey, KernelState.Server> servers) {
        Attributes service = reply.attributes(NetlinkReply.GENERIC_HEADER_LENGTH).nested(SERVICE);
        ServerKey key = key(service);
        if (key == null) {
            return;
        }
        // The value, then a mask.
        byte[] flagBytes = service.array(SERVICE_FLAGS);
        int flags = flagBytes.length == 0 ? 0 : flagBytes[lowByte()] & 0xff;
        boolean persistent = (flags & FLAG_PERSISTENT) != 0;
        servers.put(
                key,
                new KernelState.Server(
                        new Scheduler(
                                service.string(SERVICE_SCHEDULER), flags & FLAGS_OF_SCHEDULER),
                        persistent ? service.u32(SERVICE_TIMEOUT, 0) : 0,
                        new HashMap<>()));
    }

    private static int lowByte() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 3;
    }

    private static @Nullable ServerKey key(Attributes service) {
        IpFamily family =
                service.u16(SERVICE_FAMILY, 0) == AF_INET6 ? IpFamily.IPV6 : IpFamily.IPV4;
        if (service.has(SERVICE_MARK)) {
            return new ServerKey.Mark(family, service.u32(SERVICE_MARK, 0), true);
        }
        Protocol protocol =
                switch (service.u16(SERVICE_PROTOCOL, 0)) {
                    case IPPROTO_TCP -> Protocol.TCP;
                    case IPPROTO_UDP -> Protocol.UDP;
                    case IPPROTO_SCTP -> Protocol.SCTP;
                    default -> null;
                };
        if (protocol == null) {
            return null; // of no kind that we make
        }
        String address = AddressText.of(service.array(SERVICE_ADDRESS), family.bits() / Byte.SIZE);
        return new ServerKey.Address(protocol, address, service.networkU16(SERVICE_PORT, 0));
    }

    /**
     * A destination as the kernel tells of it.
     *
     * @param connections how many it has, those that are about to end included
     */
    record RealState(RealServer real, int weight, long connections) {}

    /** The destinations of a virtual server; none if there is no such server. */
    List<RealState> destinations(ServerKey key) throws ErrnoException {
        List<RealState> destinations = new ArrayList<>();
        NetlinkMessage request = request("list destinations of " + key, GET_DESTINATION);
        putKey(request, key);
        socket.dump(
                request,
                destinations::clear,
                reply -> {
                    Attributes destination =
                            reply.attributes(NetlinkReply.GENERIC_HEADER_LENGTH)
                                    .nested(DESTINATION);
                    destinations.add(destination(destination, key.family()));
                });
        return destinations;
    }

    private static RealState destination(Attributes destination, IpFamily family) {
        String address =
                AddressText.of(destination.array(DESTINATION_ADDRESS), family.bits() / Byte.SIZE);
        return new RealState(
                new RealServer(address, destination.networkU16(DESTINATION_PORT, 0)),
                destination.u32(DESTINATION_WEIGHT, 0),
                (long) destination.u32(DESTINATION_ACTIVE, 0)
                        + destination.u32(DESTINATION_INACTIVE, 0));
    }

    private NetlinkMessage request(String operation, int command) {
        return NetlinkMessage.generic(operation, family, command, VERSION);
    }

    private NetlinkMessage message(Operation operation) {
        ServerKey key = operation.key();
        return switch (operation) {
            case Operation.AddServer add ->
                    server("add", NEW_SERVICE, key, add.scheduler(), add.persistenceSeconds());
            case Operation.EditServer edit ->
                    server("change", SET_SERVICE, key, edit.scheduler(), edit.persistenceSeconds());
            case Operation.DeleteServer _ -> {
                NetlinkMessage message = request("delete virtual server " + key, DELETE_SERVICE);
                putKey(message, key);
                yield message;
            }
            case Operation.AddReal add ->
                    destination("add", NEW_DESTINATION, key, add.real(), add.weight());
            case Operation.EditReal edit ->
                    destination("change", SET_DESTINATION, key, edit.real(), edit.weight());
            case Operation.DeleteReal delete ->
                    destination("delete", DELETE_DESTINATION, key, delete.real(), 0);
        };
    }

    private NetlinkMessage server(
            String verb, int command, ServerKey key, Scheduler scheduler, int persistence) {
        NetlinkMessage message = request(verb + " virtual server " + key, command);
        NetlinkMessage.Nest nest = message.nest(SERVICE);
        putKeyAttributes(message, key);
        int flags = scheduler.flags() | (persistence > 0 ? FLAG_PERSISTENT : 0);
        message.putString(SERVICE_SCHEDULER, scheduler.name());
        byte[] value = new byte[2 * Integer.BYTES];
        value[lowByte()] = (byte) flags;
        Arrays.fill(value, Integer.BYTES, value.length, (byte) 0xff);
        message.put(SERVICE_FLAGS, value).putU32(SERVICE_TIMEOUT, persistence);
        // Clients are told apart by their whole address: a mask, in IPv6 its length.
        message.putU32(SERVICE_NETMASK, key.family() == IpFamily.IPV4 ? -1 : 128);
        nest.end();
        return message;
    }

    private NetlinkMessage destination(
            String verb, int command, ServerKey key, RealServer real, int weight) {
        NetlinkMessage message =
                request(verb + " destination " + real + " of virtual server " + key, command);
        putKey(message, key);
        NetlinkMessage.Nest nest = message.nest(DESTINATION);
        message.put(
                        DESTINATION_ADDRESS,
                        Arrays.copyOf(AddressText.bytes(real.address()), ADDRESS_LENGTH))
                .putNetworkU16(DESTINATION_PORT, real.port())
                .putU32(DESTINATION_METHOD, METHOD_MASQUERADE)
                .putU32(DESTINATION_WEIGHT, weight)
                .putU32(DESTINATION_UPPER, 0)
                .putU32(DESTINATION_LOWER, 0)
                .putU16(DESTINATION_FAMILY, key.family() == IpFamily.IPV4 ? AF_INET : AF_INET6);
        nest.end();
        return message;
    }

    private static void putKey(NetlinkMessage message, ServerKey key) {
        NetlinkMessage.Nest nest = message.nest(SERVICE);
        putKeyAttributes(message, key);
        nest.end();
    }

    private static void putKeyAttributes(NetlinkMessage message, ServerKey key) {
        message.putU16(SERVICE_FAMILY, key.family() == IpFamily.IPV4 ? AF_INET : AF_INET6);
        switch (key) {
            case ServerKey.Mark mark -> message.putU32(SERVICE_MARK, mark.mark());
            case ServerKey.Address address ->
                    message.putU16(SERVICE_PROTOCOL, number(address.protocol()))
                            .put(
                                    SERVICE_ADDRESS,
                                    Arrays.copyOf(
                                            AddressText.bytes(address.address()), ADDRESS_LENGTH))
                            .putNetworkU16(SERVICE_PORT, address.port());
        }
    }

    private static int number(Protocol protocol) {
        return switch (protocol) {
            case TCP -> IPPROTO_TCP;
            case UDP -> IPPROTO_UDP;
            case SCTP -> IPPROTO_SCTP;
        };
    }

    @Override
    public void close() {
        socket.close();
    }
}
