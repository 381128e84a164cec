/**
 * Which certificate a server name takes. Entry type: {@link dev.penstock.tls.sni.HostIndex}.
 * Immutable; may be read on any thread.
 */
@NullMarked
package dev.penstock.tls.sni;

import org.jspecify.annotations.NullMarked;
