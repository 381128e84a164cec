/**
 * How the program ends. Entry types: {@link dev.penstock.app.exit.ExitException}, {@link
 * dev.penstock.app.exit.StopSignals}.
 */
@NullMarked
package dev.penstock.app.exit;

import org.jspecify.annotations.NullMarked;
