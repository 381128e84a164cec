/**
 * The HTTP/1.1 codec (RFC 9112), strict and without Netty's: one pass over a head, no object for a
 * field, framing written anew. Entry types: {@link dev.penstock.proxy.h1.H1ServerConnection},
 * {@link dev.penstock.proxy.h1.H1ClientConnection}. Everything belongs to the event loop of its
 * channel.
 *
 * <p>What is refused, beyond what RFC 9112 demands:
 *
 * <ul>
 *   <li>Line ends other than CRLF, folded lines, more than one {@code Content-Length}, any {@code
 *       Transfer-Encoding} but a single {@code chunked}.
 *   <li>A {@code Host} that is not a plain name or address, is empty, or differs from the authority
 *       of an absolute target.
 *   <li>{@code Connection} naming a field the proxy knows and relies on ({@code Connection:
 *       cookie}).
 * </ul>
 *
 * <p>What is dropped: fields of one connection, {@code Proxy}, {@code Proxy-Authorization}, names
 * that become a known one when {@code _} is read as {@code -}, chunk extensions, and trailers with
 * the name of a field the proxy knows.
 */
@NullMarked
package dev.penstock.proxy.h1;

import org.jspecify.annotations.NullMarked;
