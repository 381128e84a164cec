/** WebSocket through the whole program. */
@NullMarked
package dev.penstock.e2e.websocket;

import org.jspecify.annotations.NullMarked;
