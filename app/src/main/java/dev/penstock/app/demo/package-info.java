/**
 * Everything at once, to try out: two echo backends, the quickstart manifests and the server. Entry
 * type: {@link dev.penstock.app.demo.Demo}.
 */
@NullMarked
package dev.penstock.app.demo;

import org.jspecify.annotations.NullMarked;
