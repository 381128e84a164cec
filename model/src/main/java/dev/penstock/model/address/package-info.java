/**
 * IP networks and families as values. Entry types: {@link dev.penstock.model.address.Cidr} and
 * {@link dev.penstock.model.address.IpFamily}.
 */
@NullMarked
package dev.penstock.model.address;

import org.jspecify.annotations.NullMarked;
