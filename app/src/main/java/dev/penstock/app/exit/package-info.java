/**
 * How the program ends. Entry types: {@link dev.penstock.app.exit.ExitCode}, {@link
 * dev.penstock.app.exit.ExitException}.
 */
@NullMarked
package dev.penstock.app.exit;

import org.jspecify.annotations.NullMarked;
