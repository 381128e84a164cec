package dev.penstock.tls.pem;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.jspecify.annotations.Nullable;

/** The key types that both TLS providers serve. */
final class KeyTypes {

    /** What a message says is expected. */
    static final String EXPECTED = "RSA, or EC on P-256, P-384 or P-521";

    private KeyTypes() {}

    /** The name of an EC curve by the size of its field, or null for one that is not served. */
    static @Nullable String curve(int fieldBits) {
        return switch (fieldBits) {
            case 256 -> "P-256";
            case 384 -> "P-384";
            case 521 -> "P-521";
            default -> null;
        };
    }

    static String describe(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
            case ECPublicKey ec -> "EC P-" + ec.getParams().getCurve().getField().getFieldSize();
            default -> key.getAlgorithm();
        };
    }
}
