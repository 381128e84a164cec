package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Secret: only its certificate and key are kept. The arrays are not to be changed. Equality is by
 * content; the text form never shows a byte of the data.
 *
 * @param meta name, age and place
 * @param type {@code type}; empty where not set
 * @param chainPem the value of {@code tls.crt}; null where absent or not base64
 * @param keyPem the value of {@code tls.key}; null where absent or not base64
 * @param findings what was wrong with its fields
 */
public record SecretObject(
        ObjectMeta meta,
        String type,
        byte @Nullable [] chainPem,
        byte @Nullable [] keyPem,
        List<Finding> findings)
        implements KubernetesObject {

    /** The object's kind. */
    public static final String KIND = "Secret";

    /** The type of a Secret that holds a certificate. */
    public static final String TLS_TYPE = "kubernetes.io/tls";

    public SecretObject {
        requireNonNull(meta, "meta");
        requireNonNull(type, "type");
        findings = List.copyOf(findings);
    }

    @Override
    public SecretObject withMeta(ObjectMeta newMeta) {
        return new SecretObject(newMeta, type, chainPem, keyPem, findings);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretObject that
                && meta.equals(that.meta)
                && type.equals(that.type)
                && Arrays.equals(chainPem, that.chainPem)
                && Arrays.equals(keyPem, that.keyPem)
                && findings.equals(that.findings);
    }

    @Override
    public int hashCode() {
        return 31 * meta.hashCode() + Arrays.hashCode(chainPem);
    }

    @Override
    public String toString() {
        return "SecretObject[" + meta.ref() + "]";
    }
}
