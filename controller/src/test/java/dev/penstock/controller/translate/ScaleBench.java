package dev.penstock.controller.translate;

import com.sun.management.OperatingSystemMXBean;
import dev.penstock.controller.manifest.ManifestReader;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * What CPU time reading, translating and one change cost for a directory of manifests, given as the
 * argument. Run by hand; not a test.
 */
final class ScaleBench {

    private static final int CHANGES = 200;

    private ScaleBench() {}

    public static void main(String[] arguments) throws Exception {
        long start = cpuNanos();
        ClusterState state = ManifestReader.read(Path.of(arguments[0]));
        long read = cpuNanos();
        CertificateJudge judge = new CertificateJudge();
        LastGood lastGood = new LastGood(judge);
        Translator translator = new Translator(TranslatorSettings.MANIFESTS, judge);
        Instant now = Instant.now();
        Translation translation = translator.translate(lastGood.apply(state), now);
        long translated = cpuNanos();
        System.out.printf(
                "read %d ms, translated %d ms: %d hosts, %d certificates, %d problems%n",
                (read - start) / 1_000_000,
                (translated - read) / 1_000_000,
                translation.configuration().http().hosts().size(),
                translation.configuration().tls().certificates().size(),
                translation.configuration().problems().size());
        List<IngressObject> ingresses = translation.ingresses();
        long[] took = new long[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
            IngressObject ingress = ingresses.get(i * (ingresses.size() / CHANGES));
            IngressObject.Rule rule = ingress.rules().getFirst();
            IngressObject changed =
                    new IngressObject(
                            ingress.meta(),
                            ingress.className(),
                            null,
                            List.of(
                                    new IngressObject.Rule(
                                            0, rule.host(), rule.paths().subList(0, 1))),
                            ingress.tls(),
                            true,
                            List.of(),
                            List.of());
            long before = cpuNanos();
            state = state.with(changed);
            translation = translator.translate(lastGood.apply(state), now);
            took[i] = cpuNanos() - before;
        }
        Arrays.sort(took);
        System.out.printf(
                "one change: median %.2f ms, p99 %.2f ms%n",
                took[CHANGES / 2] / 1e6, took[CHANGES * 99 / 100] / 1e6);
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "heap in use: %d MB (%d objects kept alive)%n",
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                state.ingresses().size() + translation.ingresses().size());
    }

    /** CPU time of the process, which a busy machine does not change much. */
    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
