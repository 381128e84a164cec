/**
 * Commands and flags. Entry type: {@link dev.penstock.app.cli.Cli}. A command reads its flags into
 * values and leaves the work to the other packages. Runs on the main thread.
 */
@NullMarked
package dev.penstock.app.cli;

import org.jspecify.annotations.NullMarked;
