/** What every event loop has one of. Entry type: {@link dev.penstock.proxy.loop.TimeoutWheel}. */
@NullMarked
package dev.penstock.proxy.loop;

import org.jspecify.annotations.NullMarked;
