/**
 * Heads of HTTP messages as flat bytes with an index. Entry type: {@link
 * dev.penstock.proxy.message.MessageHead}. Instances belong to one event loop.
 */
@NullMarked
package dev.penstock.proxy.message;

import org.jspecify.annotations.NullMarked;
