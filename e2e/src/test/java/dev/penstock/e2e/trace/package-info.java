/** Traces of requests through the running program, as a collector gets them. */
@NullMarked
package dev.penstock.e2e.trace;

import org.jspecify.annotations.NullMarked;
