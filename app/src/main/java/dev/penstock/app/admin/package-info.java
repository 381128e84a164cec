/**
 * The admin port: a small HTTP server for operators, apart from the data plane. Entry type: {@link
 * dev.penstock.app.admin.AdminServer}. Each request runs on a virtual thread of its own; pages read
 * immutable values only.
 */
@NullMarked
package dev.penstock.app.admin;

import org.jspecify.annotations.NullMarked;
