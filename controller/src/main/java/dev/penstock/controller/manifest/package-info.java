/**
 * Objects from a directory of manifests, kept up to date while files change. Entry types: {@link
 * dev.penstock.controller.manifest.ManifestSource}, which watches, and {@link
 * dev.penstock.controller.manifest.ManifestReader}, which reads once.
 *
 * <p>All reading is done by one thread; nothing here is shared but the {@code ClusterState} that
 * comes out.
 */
@NullMarked
package dev.penstock.controller.manifest;

import org.jspecify.annotations.NullMarked;
