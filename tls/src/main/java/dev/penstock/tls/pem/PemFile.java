package dev.penstock.tls.pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a PEM text (RFC 7468). What stands between blocks is skipped.
 *
 * @param name what messages call it: the key of the Secret
 * @param blocks in order, at least one
 */
record PemFile(String name, List<PemObject> blocks) {

    /** A chain of this many certificates is far beyond any real one. */
    private static final int BLOCKS_MAX = 64;

    static PemFile parse(String name, byte[] text) throws BadCertificateException {
        if (text.length == 0) {
            throw new BadCertificateException(name + " is empty");
        }
        List<PemObject> blocks = new ArrayList<>();
        try (PemReader reader =
                new PemReader(
                        new InputStreamReader(
                                new ByteArrayInputStream(text), StandardCharsets.ISO_8859_1))) {
            @Nullable PemObject block;
            while ((block = reader.readPemObject()) != null) {
                if (blocks.size() == BLOCKS_MAX) {
                    throw new BadCertificateException(
                            name + " holds more than " + BLOCKS_MAX + " PEM blocks");
                }
                blocks.add(block);
            }
        } catch (IOException | RuntimeException e) {
            // RuntimeException: BouncyCastle's decoders throw several kinds for text that is not
            // what it says it is.
            throw new BadCertificateException(
                    name
                            + ": PEM block "
                            + (blocks.size() + 1)
                            + " cannot be read: "
                            + BadCertificateException.detail(e),
                    e);
        }
        if (blocks.isEmpty()) {
            throw new BadCertificateException(
                    name + " holds no PEM block (expected: -----BEGIN ...-----)");
        }
        return new PemFile(name, List.copyOf(blocks));
    }
}
