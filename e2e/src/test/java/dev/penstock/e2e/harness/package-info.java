/**
 * Starts the real program for the tests of other packages, as a process of its own through its
 * launcher. Entry type: {@link dev.penstock.e2e.harness.PenstockProcess}.
 */
@NullMarked
package dev.penstock.e2e.harness;

import org.jspecify.annotations.NullMarked;
