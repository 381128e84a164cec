/**
 * The kernel's sets, through the program {@code ipset}. Entry type: {@link
 * dev.penstock.l4.ipset.Ipset}. Any thread.
 */
@NullMarked
package dev.penstock.l4.ipset;

import org.jspecify.annotations.NullMarked;
