package dev.penstock.app.cli;

import dev.penstock.app.announce.LoadBalancerSettings;
import dev.penstock.app.exit.ExitException;
import dev.penstock.controller.pool.PoolSettings;
import dev.penstock.model.address.AddressPool;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Load balancer addresses where no cloud gives any. */
final class LoadBalancerOptions {

    @Option(
            names = "--load-balancer-pool",
            paramLabel = "CIDR|FIRST-LAST,...",
            description =
                    "Give these addresses to Services of type LoadBalancer and announce them by ARP"
                            + " and NDP.")
    @Nullable String pool;

    @Option(
            names = "--load-balancer-unclassed",
            description =
                    "Also give them to Services without spec.loadBalancerClass, not only to those of"
                            + " "
                            + PoolSettings.CLASS
                            + ".")
    boolean unclassed;

    @Option(
            names = "--load-balancer-interface",
            paramLabel = "NAME",
            description =
                    "Announce on this interface (default: the one in an address's network, else"
                            + " that of the default route).")
    @Nullable String linkName;

    /** Null where no addresses are given. */
    @Nullable LoadBalancerSettings settings() {
        if (pool == null) {
            if (unclassed || linkName != null) {
                throw ExitException.usage(
                        "--load-balancer-unclassed and --load-balancer-interface need"
                                + " --load-balancer-pool");
            }
            return null;
        }
        try {
            return new LoadBalancerSettings(
                    new PoolSettings(AddressPool.parse(pool), unclassed), linkName);
        } catch (IllegalArgumentException e) {
            throw ExitException.usage(
                    "Invalid value for option '--load-balancer-pool': " + e.getMessage());
        }
    }
}
