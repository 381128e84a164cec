/**
 * Micro-benchmarks of the data path, built with everything else and run by hand: {@code bench/run
 * RouteTable -prof gc}. Entry types: the classes named {@code *Benchmark}, and {@link
 * dev.penstock.bench.RouteTableFootprint}.
 */
@NullMarked
package dev.penstock.bench;

import org.jspecify.annotations.NullMarked;
