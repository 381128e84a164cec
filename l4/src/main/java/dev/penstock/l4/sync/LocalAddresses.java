package dev.penstock.l4.sync;

import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine, or of the network namespace that the program runs in. */
public final class LocalAddresses {

    private static final Logger log = LoggerFactory.getLogger(LocalAddresses.class);

    /** Links of ours, on which a mode puts addresses of Services. */
    private static final String OWN_LINKS = "penstock";

    // Addresses for documentation (RFC 5737, RFC 3849): routed as anything far is.
    private static final String FAR_IPV4 = "192.0.2.1";
    private static final String FAR_IPV6 = "2001:db8::1";

    private LocalAddresses() {}

    /**
     * All addresses but loopback, link-local and multicast ones and those of Services; in canonical
     * text form, sorted, without duplicates.
     */
    public static List<String> read() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(link -> !link.getName().startsWith(OWN_LINKS))
                    .flatMap(LocalAddresses::addresses)
                    .sorted()
                    .distinct()
                    .toList();
        } catch (SocketException e) {
            // A machine without any link is one without addresses.
            log.debug("no network interfaces: {}", e.getMessage());
            return List.of();
        }
    }

    /**
     * The address that this machine speaks to far ones with: that of the default route. Sends
     * nothing.
     *
     * @return null where the family has no default route
     */
    public static @Nullable String primary(IpFamily family) {
        String far = family == IpFamily.IPV4 ? FAR_IPV4 : FAR_IPV6;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.ofLiteral(far), 9);
            InetAddress address = socket.getLocalAddress();
            return isCounted(address) ? AddressText.of(address) : null;
        } catch (SocketException | UncheckedIOException _) {
            return null; // no route
        }
    }

    private static Stream<String> addresses(NetworkInterface link) {
        return link.inetAddresses().filter(LocalAddresses::isCounted).map(AddressText::of);
    }

    private static boolean isCounted(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress();
    }
}
