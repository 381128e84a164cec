/**
 * Certificates with their keys, and which host each serves. Entry type: {@link
 * dev.penstock.model.tls.TlsConfig}.
 */
@NullMarked
package dev.penstock.model.tls;

import org.jspecify.annotations.NullMarked;
