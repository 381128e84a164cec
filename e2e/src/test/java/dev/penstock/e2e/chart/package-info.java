/**
 * The Helm chart, rendered by the real Helm: which values it takes, what it makes of them, and that
 * the flags and metrics it names are the program's. Entry types: {@link
 * dev.penstock.e2e.chart.Helm} and {@link dev.penstock.e2e.chart.Combinations}, which other
 * packages use to put the objects into an API server. One thread.
 */
@NullMarked
package dev.penstock.e2e.chart;

import org.jspecify.annotations.NullMarked;
