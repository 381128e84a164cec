/**
 * IP addresses, networks and families as values. Entry types: {@link
 * dev.penstock.model.address.AddressText}, {@link dev.penstock.model.address.Cidr}, {@link
 * dev.penstock.model.address.IpFamily} and {@link dev.penstock.model.address.AddressPool}.
 */
@NullMarked
package dev.penstock.model.address;

import org.jspecify.annotations.NullMarked;
