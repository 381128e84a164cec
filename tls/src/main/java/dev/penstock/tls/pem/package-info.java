/**
 * Reads and makes certificates and keys in PEM. The only package that knows BouncyCastle; its JCA
 * provider is never registered. Entry types: {@link dev.penstock.tls.pem.CertificateReader}, {@link
 * dev.penstock.tls.pem.SelfSigned}. Everything is stateless and may be called on any thread.
 */
@NullMarked
package dev.penstock.tls.pem;

import org.jspecify.annotations.NullMarked;
