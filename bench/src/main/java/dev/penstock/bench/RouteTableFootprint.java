package dev.penstock.bench;

import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.Route;
import dev.penstock.routing.RouteTable;

/** Prints how much heap a route table takes, without and with the configuration it is made of. */
public final class RouteTableFootprint {

    private static final int ROUTES_DEFAULT = 100_000;

    private RouteTableFootprint() {}

    /**
     * Measures one table.
     *
     * @param args the number of routes; 100,000 unless given
     */
    public static void main(String[] args) {
        int routes = args.length == 0 ? ROUTES_DEFAULT : Integer.parseInt(args[0]);
        long empty = used();
        HttpConfig config = SampleRoutes.config(routes);
        long withConfig = used();
        long start = System.nanoTime();
        RouteTable<Route> table = RouteTable.<Route>empty().update(config, (_, route) -> route);
        long millis = (System.nanoTime() - start) / 1_000_000;
        long withTable = used();
        System.out.printf(
                "%d hosts: table %.1f MB, built in %d ms; configuration %.1f MB%n",
                config.hosts().size(),
                megabytes(withTable - withConfig),
                millis,
                megabytes(withConfig - empty));
        // Uses the table, so that it is still held above.
        System.out.println(table.match(SampleRequest.of(SampleRoutes.hostName(1), "/api/v1")));
    }

    private static double megabytes(long bytes) {
        return bytes / 1e6;
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
