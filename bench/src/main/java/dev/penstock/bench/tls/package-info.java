/**
 * What TLS costs by itself, without sockets. Entry type: {@link
 * dev.penstock.bench.tls.HandshakeBenchmark}.
 */
@NullMarked
package dev.penstock.bench.tls;

import org.jspecify.annotations.NullMarked;
