/**
 * Why a request goes where it goes, for people and for programs. Entry type: {@link
 * dev.penstock.app.explain.Explainer}. Pure functions of a configuration and the state of its
 * Services; any thread.
 */
@NullMarked
package dev.penstock.app.explain;

import org.jspecify.annotations.NullMarked;
