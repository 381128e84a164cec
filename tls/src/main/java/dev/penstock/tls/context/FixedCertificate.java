package dev.penstock.tls.context;

import dev.penstock.tls.pem.CertifiedKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets BoringSSL serve a context's one certificate by itself. Netty asks a key manager for each
 * handshake instead: a call back into Java, for which it translates the client's list of signature
 * algorithms and leaves and enters the handshake once more. A client that cannot use the
 * certificate is refused by BoringSSL as it was by the key manager.
 */
final class FixedCertificate {

    private static final Logger log = LoggerFactory.getLogger(FixedCertificate.class);

    private static final @Nullable VarHandle CONTEXT = contextField();

    private FixedCertificate() {}

    /**
     * What tcnative takes for a context is not what {@link
     * ReferenceCountedOpenSslContext#sslCtxPointer()} gives, and Netty has no other way to it.
     */
    private static @Nullable VarHandle contextField() {
        try {
            return MethodHandles.privateLookupIn(
                            ReferenceCountedOpenSslContext.class, MethodHandles.lookup())
                    .findVarHandle(ReferenceCountedOpenSslContext.class, "ctx", long.class);
        } catch (ReflectiveOperationException | SecurityException e) {
            log.debug("certificates are chosen by callback", e);
            return null;
        }
    }

    /**
     * Takes the choice from the key manager of a new context, if it is one of BoringSSL's.
     *
     * @return whether it did; if not, the key manager goes on to be asked
     */
    static boolean install(SslContext context, CertifiedKey certified) {
        if (CONTEXT == null || !(context instanceof ReferenceCountedOpenSslContext)) {
            return false;
        }
        long pointer = (long) CONTEXT.get(context);
        try {
            add(pointer, certified);
        } catch (Exception e) { // what tcnative throws for a key or chain that it does not take
            log.debug("certificate of {} is chosen by callback", certified, e);
            return false;
        }
        SSLContext.setCertificateCallback(pointer, null);
        return true;
    }

    private static void add(long context, CertifiedKey certified) throws Exception {
        long chain = 0;
        long key = 0;
        long credential = 0;
        try {
            chain = parsed(chainPem(certified), SSL::parseX509Chain);
            key =
                    parsed(
                            pem("PRIVATE KEY", certified.key().getEncoded()),
                            bio -> SSL.parsePrivateKey(bio, null));
            credential = SSLCredential.newX509();
            SSLCredential.setCertChain(credential, chain);
            SSLCredential.setPrivateKey(credential, key);
            SSLContext.addCredential(context, credential);
        } finally {
            // Each holds what it was given by a count of its own.
            if (credential != 0) {
                SSLCredential.free(credential);
            }
            if (key != 0) {
                SSL.freePrivateKey(key);
            }
            if (chain != 0) {
                SSL.freeX509Chain(chain);
            }
        }
    }

    private static String chainPem(CertifiedKey certified) throws CertificateEncodingException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certified.chain()) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return text.toString();
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }

    private static long parsed(String pem, Parser parser) throws Exception {
        byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
        ByteBuf memory = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        long bio = SSL.newMemBIO();
        try {
            SSL.bioWrite(bio, memory.memoryAddress(), bytes.length);
            return parser.parse(bio);
        } finally {
            SSL.freeBIO(bio);
            memory.setZero(0, bytes.length).release();
        }
    }

    /** Reads a BIO; the result is owned by the caller. */
    private interface Parser {
        long parse(long bio) throws Exception;
    }
}
