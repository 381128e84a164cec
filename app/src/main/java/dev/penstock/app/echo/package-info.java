/** The command that runs an echo backend. Entry type: {@link dev.penstock.app.echo.Echo}. */
@NullMarked
package dev.penstock.app.echo;

import org.jspecify.annotations.NullMarked;
