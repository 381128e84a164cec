package dev.penstock.tls.pem;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPoint;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Finds the certificate of a key, and puts a chain in the order in which it is sent. */
final class LeafFirst {

    private LeafFirst() {}

    /**
     * A chain that starts with the key's certificate is left as it is. Otherwise the key's
     * certificate is moved to the front and its issuers after it; what belongs to neither comes
     * last.
     */
    static List<X509Certificate> order(List<X509Certificate> chain, PrivateKey key)
            throws BadCertificateException {
        Object wanted = publicPart(key);
        if (wanted.equals(publicPart(chain.getFirst().getPublicKey()))) {
            return chain;
        }
        for (X509Certificate candidate : chain) {
            if (wanted.equals(publicPart(candidate.getPublicKey()))) {
                return from(candidate, chain);
            }
        }
        throw new BadCertificateException(
                "tls.key is not the key of the certificate for "
                        + BadCertificateException.printable(
                                chain.getFirst().getSubjectX500Principal().getName()));
    }

    private static List<X509Certificate> from(X509Certificate leaf, List<X509Certificate> chain) {
        List<X509Certificate> rest = new ArrayList<>(chain);
        List<X509Certificate> ordered = new ArrayList<>();
        X509Certificate next = leaf;
        while (next != null) {
            rest.remove(next);
            ordered.add(next);
            X509Certificate child = next;
            next =
                    rest.stream()
                            .filter(c ->
                                    c.getSubjectX500Principal()
                                            .equals(child.getIssuerX500Principal()))
                            .findFirst()
                            .orElse(null);
        }
        ordered.addAll(rest);
        return ordered;
    }

    /** A value that two keys of a pair have in common, and no others. */
    private static Object publicPart(PrivateKey key) throws BadCertificateException {
        return switch (key) {
            case RSAPrivateCrtKey rsa -> consistentModulus(rsa);
            case ECPrivateKey ec -> publicPoint(ec);
            default ->
                    throw new BadCertificateException(
                            "tls.key is of type "
                                    + key.getAlgorithm()
                                    + " (expected: "
                                    + KeyTypes.EXPECTED
                                    + ")");
        };
    }

    private static Object publicPart(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> List.of(rsa.getModulus(), rsa.getPublicExponent());
            case ECPublicKey ec -> ec.getW();
            default -> key;
        };
    }

    /** A key whose numbers contradict each other would be found out only by failing handshakes. */
    private static Object consistentModulus(RSAPrivateCrtKey key) throws BadCertificateException {
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        BigInteger e = key.getPublicExponent();
        BigInteger one = BigInteger.ONE;
        boolean consistent =
                p.multiply(q).equals(key.getModulus())
                        && p.compareTo(one) > 0
                        && q.compareTo(one) > 0
                        && undoes(key.getPrimeExponentP(), e, p)
                        && undoes(key.getPrimeExponentQ(), e, q)
                        && undoes(key.getPrivateExponent(), e, p)
                        && undoes(key.getPrivateExponent(), e, q);
        if (!consistent) {
            throw new BadCertificateException("tls.key is damaged: its numbers do not fit");
        }
        return List.of(key.getModulus(), e);
    }

    private static boolean undoes(BigInteger d, BigInteger e, BigInteger prime) {
        return d.multiply(e).mod(prime.subtract(BigInteger.ONE)).equals(BigInteger.ONE);
    }

    private static ECPoint publicPoint(ECPrivateKey key) throws BadCertificateException {
        String curve = KeyTypes.curve(key.getParams().getCurve().getField().getFieldSize());
        X9ECParameters domain = CustomNamedCurves.getByName(String.valueOf(curve));
        if (domain == null) {
            throw new BadCertificateException(
                    "tls.key is on an EC curve that is not served (expected: "
                            + KeyTypes.EXPECTED
                            + ")");
        }
        BigInteger d = key.getS();
        if (d.signum() <= 0 || d.compareTo(domain.getN()) >= 0) {
            throw new BadCertificateException("tls.key is damaged: its number is out of range");
        }
        org.bouncycastle.math.ec.ECPoint point =
                new FixedPointCombMultiplier().multiply(domain.getG(), d).normalize();
        return new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
    }
}
