/** The dashboard, in a real browser without a screen. */
@NullMarked
package dev.penstock.e2e.dashboard;

import org.jspecify.annotations.NullMarked;
