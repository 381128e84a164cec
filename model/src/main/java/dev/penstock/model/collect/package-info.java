/**
 * Collections whose copies share what did not change. Entry type: {@link
 * dev.penstock.model.collect.ShardedMap}. Immutable values: any thread.
 */
@NullMarked
package dev.penstock.model.collect;

import org.jspecify.annotations.NullMarked;
