package dev.penstock.controller.decode;

import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.controller.state.SecretObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a Secret: of its data only the certificate and the key. */
final class SecretDecoder {

    private SecretDecoder() {}

    static SecretObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        return new SecretObject(
                meta,
                root.get("type").textOr(""),
                value(root, "tls.crt"),
                value(root, "tls.key"),
                findings);
    }

    /** {@code stringData} wins over {@code data}, as the API merges them. */
    private static byte @Nullable [] value(TreeField root, String key) {
        TreeField plain = root.get("stringData").get(key);
        if (plain.isPresent()) {
            return plain.raw() instanceof String text
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : wrongType(plain);
        }
        TreeField encoded = root.get("data").get(key);
        if (!encoded.isPresent()) {
            return null;
        }
        if (!(encoded.raw() instanceof String text)) {
            return wrongType(encoded);
        }
        byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return Base64.getDecoder().decode(withoutLineEnds(ascii));
        } catch (IllegalArgumentException _) {
            // The cause would quote the key.
            encoded.reject("is not base64", "the value is taken as absent");
            return null;
        }
    }

    private static byte @Nullable [] wrongType(TreeField field) {
        // Not the general message: it would quote the value.
        field.reject("is not a string", "the value is taken as absent");
        return null;
    }

    /** Drops what a block or folded scalar adds; unlike the MIME decoder, nothing else. */
    private static byte[] withoutLineEnds(byte[] ascii) {
        byte[] kept = new byte[ascii.length];
        int length = 0;
        for (byte b : ascii) {
            if (b != '\n' && b != '\r' && b != ' ') {
                kept[length++] = b;
            }
        }
        return length == ascii.length ? ascii : Arrays.copyOf(kept, length);
    }
}
