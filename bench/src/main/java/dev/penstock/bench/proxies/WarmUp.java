package dev.penstock.bench.proxies;

import java.io.IOException;

/**
 * What comes before a measurement, the same for all proxies: a load until a JVM's compilers have
 * next to nothing left to do, which holds from the beginning for a proxy that has none.
 */
final class WarmUp {

    private static final int SLICE_SECONDS = 2;
    private static final int SLICES_MAX = 30;
    private static final int QUIET_SLICES = 2;

    /** What compilers may take of a proxy's processor time. */
    private static final double COMPILERS_SHARE = 0.02;

    private WarmUp() {}

    /** Loads a proxy until it is warm, a minute at most. */
    static void run(RunningProxy proxy, Site site, Workload workload)
            throws IOException, InterruptedException {
        int quiet = 0;
        for (int i = 0; i < SLICES_MAX && quiet < QUIET_SLICES; i++) {
            double all = proxy.cpuMicros();
            double compilers = proxy.compilerMicros();
            workload.run(proxy, site, SLICE_SECONDS);
            all = proxy.cpuMicros() - all;
            compilers = proxy.compilerMicros() - compilers;
            quiet = compilers <= all * COMPILERS_SHARE ? quiet + 1 : 0;
        }
    }
}
