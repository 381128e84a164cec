/**
 * Connections to endpoints: what a route's Service is to the data plane, pools a loop, connecting.
 * Entry types: {@link dev.penstock.proxy.upstream.Clusters} for the thread that applies
 * configurations, {@link dev.penstock.proxy.upstream.UpstreamLoop} for event loops.
 *
 * <p>An {@link dev.penstock.proxy.upstream.UpstreamCluster} is shared and lives as long as any
 * route uses it, whatever happens to the configuration around it. All else belongs to one event
 * loop.
 */
@NullMarked
package dev.penstock.proxy.upstream;

import org.jspecify.annotations.NullMarked;
