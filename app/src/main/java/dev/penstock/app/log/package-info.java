/** Where log lines go and what they look like. Entry type: {@link dev.penstock.app.log.Logging}. */
@NullMarked
package dev.penstock.app.log;

import org.jspecify.annotations.NullMarked;
