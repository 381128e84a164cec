/**
 * Reads an untyped tree of maps, lists and scalars, as a YAML file or an API server gives it, into
 * the records of {@code controller.state}. What is wrong with a field becomes a finding of the
 * object; the part at fault is left out and the rest is kept. Both sources decode here, so that
 * equal objects give equal records and errors name fields in the same words.
 *
 * <p>Entry type: {@link dev.penstock.controller.decode.ObjectDecoder}. Decoding keeps no state but
 * a table of repeated strings and may be done by any thread.
 */
@NullMarked
package dev.penstock.controller.decode;

import org.jspecify.annotations.NullMarked;
