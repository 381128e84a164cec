/**
 * Benchmarks of the whole program: each starts {@code ./penstock} as a user does and measures from
 * outside. Entry type: {@link dev.penstock.bench.program.ScaleBenchmark}.
 */
@NullMarked
package dev.penstock.bench.program;

import org.jspecify.annotations.NullMarked;
