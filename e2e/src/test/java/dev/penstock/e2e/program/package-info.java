/** The program as a user meets it: the launcher, commands, signals and exit codes. */
@NullMarked
package dev.penstock.e2e.program;

import org.jspecify.annotations.NullMarked;
