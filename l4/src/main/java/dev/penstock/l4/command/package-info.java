/** Runs the system's programs. Entry type: {@link dev.penstock.l4.command.Command}. Any thread. */
@NullMarked
package dev.penstock.l4.command;

import org.jspecify.annotations.NullMarked;
