/**
 * The whole of what is to be served, put together from the packages beside this one. Entry type:
 * {@link dev.penstock.model.config.Configuration}.
 */
@NullMarked
package dev.penstock.model.config;

import org.jspecify.annotations.NullMarked;
