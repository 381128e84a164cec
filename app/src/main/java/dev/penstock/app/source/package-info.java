/**
 * Where objects come from, as the command line says it. Entry type: {@link
 * dev.penstock.app.source.SourceSettings}.
 */
@NullMarked
package dev.penstock.app.source;

import org.jspecify.annotations.NullMarked;
