/** JMH benchmarks of the codecs. Each class is one benchmark. */
@NullMarked
package dev.penstock.bench.codec;

import org.jspecify.annotations.NullMarked;
