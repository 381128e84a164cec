/** What traffic sees while objects change. */
@NullMarked
package dev.penstock.e2e.change;

import org.jspecify.annotations.NullMarked;
