package dev.penstock.controller.decode;

import org.jspecify.annotations.Nullable;

/**
 * A value of a tree whose line is known. Trees of manifests hold every value in one of these; trees
 * of an API server hold plain values. The decoder takes both.
 *
 * @param value a {@code Map<String, ?>}, a {@code List<?>}, a String, Boolean or Number; null for
 *     null
 * @param line the line in the file, counted from 1
 */
public record Located(@Nullable Object value, int line) {}
