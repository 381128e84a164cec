/**
 * TLS contexts for Netty: of servers, by server name, and of clients. Entry types: {@link
 * dev.penstock.tls.context.ServerCertificates}, {@link dev.penstock.tls.context.ClientTls}. Both
 * may be used on any thread; what they hand out belongs to the event loop that asked.
 */
@NullMarked
package dev.penstock.tls.context;

import org.jspecify.annotations.NullMarked;
