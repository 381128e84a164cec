package dev.penstock.l4.ipset;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.model.address.AddressText;
import java.util.Map;

/**
 * Elements of sets of addresses, networks and ports between the text form of {@code ipset save} and
 * the kernel's attributes: {@code ADDRESS[/PREFIX][,PROTOCOL:PORT[,ADDRESS[/PREFIX]]] [skbmark
 * MARK]}.
 */
final class ElementCodec {

    private static final int ADDRESS = 1;
    private static final int PREFIX = 3;
    private static final int PORT = 4;
    private static final int PROTOCOL = 7;
    private static final int ADDRESS_2 = 20;
    private static final int PREFIX_2 = 21;
    private static final int MARK = 27;
    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int NETWORK_ORDER = 0x4000;

    private static final String MARK_WORD = " skbmark 0x";
    private static final Map<String, Integer> PROTOCOLS =
            Map.of("tcp", 6, "udp", 17, "sctp", 132, "icmp", 1, "ipv6-icmp", 58);

    private ElementCodec() {}

    static void write(NetlinkMessage message, String element) {
        String[] halves = element.split(MARK_WORD, 2);
        String[] parts = halves[0].split(",", 3);
        writeAddress(message, parts[0], ADDRESS, PREFIX);
        if (parts.length > 1) {
            int colon = parts[1].indexOf(':');
            message.putNetworkU16(
                    PORT | NETWORK_ORDER, Integer.parseInt(parts[1].substring(colon + 1)));
            Integer protocol = PROTOCOLS.get(parts[1].substring(0, colon));
            if (protocol == null) {
                throw new IllegalArgumentException("protocol: " + parts[1]);
            }
            message.putU8(PROTOCOL, protocol);
        }
        if (parts.length > 2) {
            writeAddress(message, parts[2], ADDRESS_2, PREFIX_2);
        }
        if (halves.length > 1) {
            // The mark, then the bits of it that count.
            long mark = Integer.parseUnsignedInt(halves[1], 16);
            byte[] bytes = new byte[Long.BYTES];
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[i] = (byte) (mark >>> (24 - Byte.SIZE * i));
                bytes[Integer.BYTES + i] = (byte) 0xff;
            }
            message.put(MARK | NETWORK_ORDER, bytes);
        }
    }

    private static void writeAddress(
            NetlinkMessage message, String text, int attribute, int prefixAttribute) {
        int slash = text.indexOf('/');
        byte[] address = AddressText.bytes(slash < 0 ? text : text.substring(0, slash));
        NetlinkMessage.Nest nest = message.nest(attribute);
        message.put((address.length == 4 ? IPV4 : IPV6) | NETWORK_ORDER, address);
        nest.end();
        if (slash >= 0) {
            message.putU8(prefixAttribute, Integer.parseInt(text.substring(slash + 1)));
        }
    }

    static String read(Attributes element) {
        StringBuilder text = new StringBuilder();
        readAddress(element, text, ADDRESS, PREFIX);
        if (element.has(PORT)) {
            int protocol = element.u8(PROTOCOL, 0);
            String name =
                    PROTOCOLS.entrySet().stream()
                            .filter(entry -> entry.getValue() == protocol)
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElse(Integer.toString(protocol));
            text.append(',').append(name).append(':').append(element.networkU16(PORT, 0));
        }
        if (element.has(ADDRESS_2)) {
            text.append(',');
            readAddress(element, text, ADDRESS_2, PREFIX_2);
        }
        if (element.has(MARK)) {
            text.append(MARK_WORD).append(Integer.toHexString(element.networkU32(MARK, 0)));
        }
        return text.toString();
    }

    private static void readAddress(
            Attributes element, StringBuilder text, int attribute, int prefixAttribute) {
        Attributes nested = element.nested(attribute);
        byte[] address = nested.array(nested.has(IPV4) ? IPV4 : IPV6);
        text.append(AddressText.of(address, address.length));
        int whole = address.length * Byte.SIZE;
        int prefix = element.u8(prefixAttribute, whole);
        if (prefix != whole) {
            text.append('/').append(prefix);
        }
    }
}
