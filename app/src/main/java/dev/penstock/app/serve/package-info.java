/**
 * The running program: from objects to traffic. Entry type: {@link dev.penstock.app.serve.Server}.
 *
 * <p>One thread, the {@linkplain dev.penstock.app.source.Applier applier}, translates and
 * publishes; everything else reads what it published.
 */
@NullMarked
package dev.penstock.app.serve;

import org.jspecify.annotations.NullMarked;
