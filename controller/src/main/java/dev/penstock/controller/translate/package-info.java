/**
 * Turns the objects into what is to be served. Entry types: {@link
 * dev.penstock.controller.translate.Translator}, and {@link
 * dev.penstock.controller.translate.LastGood}, which comes before it.
 *
 * <p>What comes out depends on the objects, the settings and the given time alone, whatever order
 * objects came in. One class does one thing: {@code ClassSelection} which Ingresses are ours,
 * {@code AnnotationTable} settings, {@code BackendChecker} Services and ports, {@code TlsPlanner}
 * certificates, {@code IngressPlanner} all that of one Ingress, {@code HostMerger} several
 * Ingresses of one host, {@code ServiceMapper} endpoints. The translator remembers what they said
 * and asks again only for what changed.
 *
 * <p>Not for two threads at once.
 */
@NullMarked
package dev.penstock.controller.translate;

import org.jspecify.annotations.NullMarked;
