package dev.penstock.proxy.exchange;

import dev.penstock.proxy.message.MessageHead;
import java.nio.charset.StandardCharsets;

/** Request methods that matter to the proxy. */
final class Methods {

    static final byte[] CONNECT = ascii("CONNECT");
    static final byte[] GET = ascii("GET");
    static final byte[] HEAD = ascii("HEAD");

    private static final byte[][] IDEMPOTENT = {
        GET, HEAD, ascii("PUT"), ascii("DELETE"), ascii("OPTIONS"), ascii("TRACE")
    };

    private Methods() {}

    /** Whether sending a request twice does what sending it once does (RFC 9110 section 9.2.2). */
    static boolean isIdempotent(MessageHead request) {
        for (byte[] method : IDEMPOTENT) {
            if (request.methodIs(method)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
