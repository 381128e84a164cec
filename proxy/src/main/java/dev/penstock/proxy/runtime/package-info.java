/**
 * The data plane as a whole: started, given configurations, stopped. Entry type: {@link
 * dev.penstock.proxy.runtime.ProxyServer}. Configurations are applied by one thread at a time.
 */
@NullMarked
package dev.penstock.proxy.runtime;

import org.jspecify.annotations.NullMarked;
