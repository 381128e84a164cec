/**
 * Hosts, routes and the policies of a route. Entry type: {@link
 * dev.penstock.model.http.HttpConfig}.
 */
@NullMarked
package dev.penstock.model.http;

import org.jspecify.annotations.NullMarked;
