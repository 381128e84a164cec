package dev.penstock.proxy.exchange;

import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import java.net.InetAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint is told about the client: the {@code X-Forwarded} family, {@code X-Real-IP} and
 * {@code X-Request-ID}. What a client says under these names is dropped, unless its peer is trusted
 * to say it. The codecs let no spelling of these names with underscores through. Owned by one event
 * loop.
 */
final class ForwardedHeaders {

    private static final int REQUEST_ID_MAX = 128;
    private static final int REQUEST_ID_LENGTH = 32;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };
    private static final byte[] HTTP = {'h', 't', 't', 'p'};
    private static final byte[] HTTPS = {'h', 't', 't', 'p', 's'};

    /** What only a trusted peer may say. */
    private static final long CLAIMS =
            HeaderName.FORWARDED.bit()
                    | HeaderName.X_FORWARDED_FOR.bit()
                    | HeaderName.X_FORWARDED_HOST.bit()
                    | HeaderName.X_FORWARDED_PORT.bit()
                    | HeaderName.X_FORWARDED_PROTO.bit()
                    | HeaderName.X_FORWARDED_SCHEME.bit()
                    | HeaderName.X_ORIGINAL_FORWARDED_FOR.bit()
                    | HeaderName.X_REAL_IP.bit()
                    | HeaderName.X_SCHEME.bit();

    /** What nobody may say: servers make a variable of it that changes their behaviour. */
    private static final long NEVER = HeaderName.PROXY.bit();

    /** Names that this class decides about, and no trailer may bring. */
    static final long MANAGED = CLAIMS | NEVER | HeaderName.X_REQUEST_ID.bit();

    private final CidrSet trustedProxies;
    private final RandomGenerator random;
    private final byte[] requestId = new byte[REQUEST_ID_LENGTH];

    ForwardedHeaders(CidrSet trustedProxies, RandomGenerator random) {
        this.trustedProxies = trustedProxies;
        this.random = random;
    }

    /** Whether the client speaks HTTPS, to us or to a trusted peer in front of us. */
    boolean isSecure(MessageHead head, ConnectionInfo connection) {
        int field = connection.trustedPeer() ? head.find(HeaderName.X_FORWARDED_PROTO, 0) : -1;
        if (field < 0) {
            return connection.secure();
        }
        return AsciiBytes.equalsIgnoreCase(
                head.bytes(), head.valueStart(field), head.valueLength(field), HTTPS);
    }

    /**
     * The client's address: that of the connection, or, behind trusted peers, the last one in
     * {@code X-Forwarded-For} that is not a trusted peer's.
     */
    InetAddress client(MessageHead head, ConnectionInfo connection) {
        InetAddress client = connection.client().getAddress();
        if (!connection.trustedPeer() || !head.has(HeaderName.X_FORWARDED_FOR)) {
            return client;
        }
        String[] hops = joined(head, HeaderName.X_FORWARDED_FOR).split(",", -1);
        for (int i = hops.length - 1; i >= 0 && trustedProxies.contains(client); i--) {
            InetAddress hop = address(hops[i].strip());
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return client;
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            // Such as "unknown" (RFC 7239 section 6.2): what stands before it says nothing.
            return null;
        }
    }

    private static String joined(MessageHead head, HeaderName name) {
        StringBuilder joined = new StringBuilder();
        for (int i = head.find(name, 0); i >= 0; i = head.find(name, i + 1)) {
            if (!joined.isEmpty()) {
                joined.append(", ");
            }
            joined.append(head.text(head.valueStart(i), head.valueLength(i)));
        }
        return joined.toString();
    }

    /**
     * Makes a request's head say what the endpoint is to know.
     *
     * @param portStart where the authority's port begins
     */
    void apply(MessageHead head, ConnectionInfo connection, int portStart) {
        int authorityEnd = head.authorityStart() + head.authorityLength();
        boolean trusted = connection.trustedPeer();
        byte[] client = connection.clientText();
        if (trusted && head.has(HeaderName.X_FORWARDED_FOR)) {
            String chain = joined(head, HeaderName.X_FORWARDED_FOR);
            String realIp = client(head, connection).getHostAddress();
            head.removeFields(
                    NEVER | HeaderName.X_FORWARDED_FOR.bit() | HeaderName.X_REAL_IP.bit());
            int value = head.append(chain);
            head.append((byte) ',');
            head.append((byte) ' ');
            head.append(client, 0, client.length);
            add(head, HeaderName.X_FORWARDED_FOR, value, head.size() - value);
            head.addField(HeaderName.X_REAL_IP, realIp);
        } else {
            head.removeFields(trusted ? NEVER | HeaderName.X_REAL_IP.bit() : NEVER | CLAIMS);
            head.addField(HeaderName.X_FORWARDED_FOR, client, 0, client.length);
            head.addField(HeaderName.X_REAL_IP, client, 0, client.length);
        }
        boolean secure = isSecure(head, connection);
        byte[] scheme = secure ? HTTPS : HTTP;
        addMissing(head, HeaderName.X_FORWARDED_PROTO, scheme);
        addMissing(head, HeaderName.X_FORWARDED_SCHEME, scheme);
        addMissing(head, HeaderName.X_SCHEME, scheme);
        if (!head.has(HeaderName.X_FORWARDED_HOST)) {
            add(head, HeaderName.X_FORWARDED_HOST, head.authorityStart(), head.authorityLength());
        }
        if (!head.has(HeaderName.X_FORWARDED_PORT)) {
            if (portStart < authorityEnd) {
                add(head, HeaderName.X_FORWARDED_PORT, portStart, authorityEnd - portStart);
            } else {
                head.addField(HeaderName.X_FORWARDED_PORT, secure ? "443" : "80");
            }
        }
    }

    private static void addMissing(MessageHead head, HeaderName name, byte[] value) {
        if (!head.has(name)) {
            head.addField(name, value, 0, value.length);
        }
    }

    /** Adds a field whose value stands in the head already. */
    private static void add(MessageHead head, HeaderName name, int valueStart, int valueLength) {
        byte[] text = name.bytes();
        int nameStart = head.append(text, 0, text.length);
        head.addField(name, nameStart, text.length, valueStart, valueLength);
    }

    /** Keeps the client's request ID if it is fit to be logged, else makes one. */
    void requestId(MessageHead head) {
        int field = head.find(HeaderName.X_REQUEST_ID, 0);
        if (field >= 0) {
            boolean only = head.find(HeaderName.X_REQUEST_ID, field + 1) < 0;
            if (only && isToken(head, head.valueStart(field), head.valueLength(field))) {
                return;
            }
            head.removeFields(HeaderName.X_REQUEST_ID);
        }
        hex(random.nextLong(), 0);
        hex(random.nextLong(), REQUEST_ID_LENGTH / 2);
        head.addField(HeaderName.X_REQUEST_ID, requestId, 0, REQUEST_ID_LENGTH);
    }

    private void hex(long value, int at) {
        for (int i = 0; i < Long.BYTES * 2; i++) {
            requestId[at + i] = HEX[(int) (value >>> (60 - 4 * i)) & 0xf];
        }
    }

    private static boolean isToken(MessageHead head, int start, int length) {
        if (length == 0 || length > REQUEST_ID_MAX) {
            return false;
        }
        byte[] bytes = head.bytes();
        for (int i = start; i < start + length; i++) {
            byte b = bytes[i];
            boolean letter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
            boolean digit = b >= '0' && b <= '9';
            boolean mark = b == '-' || b == '_' || b == '.' || b == ':' || b == '+' || b == '/';
            if (!letter && !digit && !mark && b != '=') {
                return false;
            }
        }
        return true;
    }
}
