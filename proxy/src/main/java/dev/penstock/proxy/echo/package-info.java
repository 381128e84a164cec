/**
 * A backend that answers with what it received, for trying things out and for tests. Entry type:
 * {@link dev.penstock.proxy.echo.EchoServer}. Uses the proxy's own codecs; each connection belongs
 * to one event loop.
 */
@NullMarked
package dev.penstock.proxy.echo;

import org.jspecify.annotations.NullMarked;
