/**
 * Benchmarks of the whole program: each starts {@code ./penstock} as a user does and measures from
 * outside. Entry types: {@link dev.penstock.bench.program.ScaleBenchmark}, {@link
 * dev.penstock.bench.program.NodeBenchmark}.
 */
@NullMarked
package dev.penstock.bench.program;

import org.jspecify.annotations.NullMarked;
