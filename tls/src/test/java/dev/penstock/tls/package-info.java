/** What the tests of this module share. */
@NullMarked
package dev.penstock.tls;

import org.jspecify.annotations.NullMarked;
