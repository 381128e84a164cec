/**
 * The container image, built as a user builds it and run from its own files, without a container
 * engine. Entry type: {@link dev.penstock.e2e.image.Image}. One thread.
 */
@NullMarked
package dev.penstock.e2e.image;

import org.jspecify.annotations.NullMarked;
