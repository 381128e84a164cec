package dev.penstock.bench.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process and the children it has waited for took so far.
 *
 * @param cpuSeconds processor time, in programs and in the kernel
 * @param residentKibibytes memory of the process alone, now
 * @param residentMaxKibibytes the most that was
 */
record ProcessUsage(double cpuSeconds, long residentKibibytes, long residentMaxKibibytes) {

    /** USER_HZ, the same on every Linux since 2.6. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int FIRST_TIME = 11;
    private static final int TIMES = 4;

    static ProcessUsage of(Process process) throws IOException {
        Path directory = Path.of("/proc/" + process.pid());
        String stat = Files.readString(directory.resolve("stat"));
        // The name in parentheses may have spaces (proc(5)).
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = FIRST_TIME; i < FIRST_TIME + TIMES; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        List<String> status = Files.readAllLines(directory.resolve("status"));
        return new ProcessUsage(
                ticks / TICKS_PER_SECOND, kibibytes(status, "VmRSS:"), kibibytes(status, "VmHWM:"));
    }

    private static long kibibytes(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
