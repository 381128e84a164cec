/**
 * HTTP/2 (RFC 9113) with HPACK (RFC 7541) on flat buffers: heads go straight between the wire and
 * {@link dev.penstock.proxy.message.MessageHead}, bodies as slices of what was read. Entry types:
 * {@link dev.penstock.proxy.h2.H2ServerConnection} and {@link
 * dev.penstock.proxy.h2.H2ClientConnection}, each the last handler of its channel's pipeline.
 *
 * <p>Everything belongs to the event loop of its connection; only the constant tables are shared.
 */
@NullMarked
package dev.penstock.proxy.h2;

import org.jspecify.annotations.NullMarked;
