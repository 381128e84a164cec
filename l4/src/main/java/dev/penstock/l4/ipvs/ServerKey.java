package dev.penstock.l4.ipvs;

import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the kernel knows a virtual server by. */
sealed interface ServerKey {

    IpFamily family();

    /** Whether its connections are to end by themselves before a destination goes. */
    boolean hasConnections();

    /**
     * An address and port.
     *
     * @param address in canonical text form
     */
    record Address(Protocol protocol, String address, int port) implements ServerKey {

        @Override
        public IpFamily family() {
            return IpFamily.of(address);
        }

        @Override
        public boolean hasConnections() {
            return protocol != Protocol.UDP;
        }

        /** As an element of a set of addresses and ports. */
        String element() {
            return address + "," + protocol.name().toLowerCase(Locale.ROOT) + ":" + port;
        }

        @Override
        public String toString() {
            return AddressText.authority(address, port) + "/" + protocol;
        }
    }

    /**
     * The mark of a packet.
     *
     * @param hasConnections see {@link ServerKey#hasConnections}; no part of what the kernel knows,
     *     and a mark of ours always has the same
     */
    record Mark(IpFamily family, int mark, boolean hasConnections) implements ServerKey {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Mark that && family == that.family && mark == that.mark;
        }

        @Override
        public int hashCode() {
            return mark * 31 + family.hashCode();
        }

        @Override
        public String toString() {
            return "mark 0x" + Integer.toHexString(mark);
        }
    }
}
