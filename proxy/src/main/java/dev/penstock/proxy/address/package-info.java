/**
 * Sets of IP addresses. Entry type: {@link dev.penstock.proxy.address.CidrSet}. Immutable; any
 * thread.
 */
@NullMarked
package dev.penstock.proxy.address;

import org.jspecify.annotations.NullMarked;
