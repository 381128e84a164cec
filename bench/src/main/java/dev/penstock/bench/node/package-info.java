/** Measures the modes of the node-level module. Each entry type has a main method. */
@NullMarked
package dev.penstock.bench.node;

import org.jspecify.annotations.NullMarked;
