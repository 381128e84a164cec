package dev.penstock.bench.proxies;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many bytes the threads of a JVM have allocated so far, as {@code jcmd} of the JDK tells. */
final class Garbage {

    private static final Pattern THREAD =
            Pattern.compile("^\"([^\"]*)\".* allocated=(\\d+)([BKMG])", Pattern.MULTILINE);
    private static final Map<String, Integer> SHIFTS = Map.of("B", 0, "K", 10, "M", 20, "G", 30);

    /** The thread that answers {@code jcmd}. */
    private static final String ANSWERING = "Attach Listener";

    private Garbage() {}

    /** Of all threads that run; to 1 MiB each. */
    static double allocatedBytes(RunningProxy proxy) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        List<String> command =
                List.of(jcmd.toString(), Long.toString(proxy.pid()), "Thread.print", "-e");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd failed:\n" + printed);
        }
        double bytes = 0;
        Matcher matcher = THREAD.matcher(printed);
        while (matcher.find()) {
            if (!matcher.group(1).equals(ANSWERING)) {
                long count = Long.parseLong(matcher.group(2));
                bytes += count << SHIFTS.getOrDefault(matcher.group(3), 0);
            }
        }
        return bytes;
    }
}
