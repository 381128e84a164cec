package dev.penstock.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.observe.AccessLogSettings.Destination;
import dev.penstock.proxy.observe.AccessLogSettings.Format;
import dev.penstock.proxy.observe.AccessLogSettings.Rotation;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

    private static final int SMALL_BUFFER = 4096;

    @TempDir Path dir = Path.of("");

    @Test
    void writesLinesSoonWithoutBeingAskedAgain() throws IOException {
        Path file = dir.resolve("access.log");
        try (AccessLog log =
                AccessLog.open(AccessLogSettings.of(file.toString(), Format.TEXT), 1)) {
            log.loop(0).write(Exchanges.whole());
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(file).content().endsWith("cart:80 - -\n"));
        }
    }

    @Test
    void losesNothingWhenItIsClosed() throws Exception {
        Path file = dir.resolve("access.log");
        int each = 2_000;
        AccessLog log = AccessLog.open(AccessLogSettings.of(file.toString(), Format.JSON), 2);
        List<Thread> loops = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            LoopAccessLog loop = log.loop(i);
            loops.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int n = 0; n < each; n++) {
                                    loop.write(Exchanges.whole());
                                }
                            }));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        log.close();
        assertThat(log.droppedLines()).isZero();
        assertThat(Files.readAllLines(file))
                .hasSize(2 * each)
                .allMatch(line -> line.startsWith("{\"time\"") && line.endsWith("}"));
    }

    @Test
    void appendsToWhatIsThere() throws IOException {
        Path file = dir.resolve("access.log");
        Files.writeString(file, "before\n");
        AccessLog log = AccessLog.open(AccessLogSettings.of(file.toString(), Format.TEXT), 1);
        log.loop(0).write(Exchanges.whole());
        log.close();
        assertThat(Files.readAllLines(file)).hasSize(2).startsWith("before");
    }

    @Test
    void goesOnInANewFileWhenToldThatTheOldOneWasMoved() throws IOException {
        Path file = dir.resolve("access.log");
        Path moved = dir.resolve("access.log.1");
        AccessLog log = AccessLog.open(AccessLogSettings.of(file.toString(), Format.TEXT), 1);
        log.loop(0).write(Exchanges.whole());
        Files.move(file, moved);
        log.reopen();
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(file));
        log.loop(0).write(Exchanges.whole());
        log.loop(0).write(Exchanges.whole());
        log.close();
        assertThat(Files.readAllLines(moved)).hasSize(1);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void offWritesNothingAndCountsNothing() throws IOException {
        try (AccessLog log = AccessLog.open(AccessLogSettings.of("off", Format.TEXT), 1)) {
            log.loop(0).write(Exchanges.whole());
            assertThat(log.isEnabled()).isFalse();
            assertThat(log.droppedLines()).isZero();
            assertThat(log.collect()).isEmpty();
        }
    }

    @Test
    void aFileThatCannotBeOpenedIsAnError() {
        AccessLogSettings settings =
                AccessLogSettings.of(dir.resolve("no/such/dir").toString(), Format.TEXT);
        assertThatThrownBy(() -> AccessLog.open(settings, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void dropsAndCountsLinesWhenTheWriterIsBehind() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream slow =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        written.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int start, int length) throws IOException {
                        writing.countDown();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        written.write(bytes, start, length);
                    }
                };
        LineSink sink = new LineSink("slow", () -> slow, System::nanoTime);
        AccessLog log = AccessLog.open(settings(), 1, sink);
        log.loop(0).write(Exchanges.whole());
        writing.await();
        int lines = 100;
        for (int i = 0; i < lines; i++) {
            log.loop(0).write(Exchanges.whole());
        }
        long dropped = log.droppedLines();
        assertThat(dropped).isBetween(1L, lines - 1L);
        release.countDown();
        log.close();
        String text = written.toString(StandardCharsets.US_ASCII);
        assertThat(text.lines().count()).isEqualTo(1 + lines - dropped);
        assertThat(text.lines()).allMatch(line -> line.endsWith("cart:80 - -"));
        CounterSnapshot counter = (CounterSnapshot) log.collect().get(0);
        assertThat(counter.getMetadata().getName()).isEqualTo("penstock_access_log_dropped_lines");
        assertThat(counter.getDataPoints().getFirst().getValue()).isEqualTo((double) dropped);
    }

    @Test
    void aFullDiskIsCountedAndSaidOnceAMinute() throws IOException {
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicLong clock = new AtomicLong();
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream disk =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int start, int length) throws IOException {
                        if (full.get()) {
                            throw new IOException("No space left on device");
                        }
                        written.write(bytes, start, length);
                    }
                };
        LineSink sink = new LineSink("disk", () -> disk, clock::get);
        AccessLog log = AccessLog.open(settings(), 1, sink);
        for (int i = 1; i <= 5; i++) {
            log.loop(0).write(Exchanges.whole());
            long expected = i;
            await().atMost(Duration.ofSeconds(10)).until(() -> log.failedLines() == expected);
        }
        assertThat(sink.complaints()).isEqualTo(1);
        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        log.loop(0).write(Exchanges.whole());
        await().atMost(Duration.ofSeconds(10)).until(() -> sink.complaints() == 2);
        full.set(false);
        log.loop(0).write(Exchanges.whole());
        log.close();
        assertThat(log.failedLines()).isEqualTo(6);
        assertThat(written.toString(StandardCharsets.US_ASCII).lines().filter(l -> !l.isEmpty()))
                .hasSize(1);
    }

    @Test
    void settingsAreReadAsTheCommandLineHasThem() {
        assertThat(AccessLogSettings.of("-", Format.JSON).destination())
                .isEqualTo(Destination.STDOUT);
        assertThat(AccessLogSettings.of("off", Format.JSON).destination())
                .isEqualTo(Destination.OFF);
        AccessLogSettings file = AccessLogSettings.of("/var/log/x", Format.JSON);
        assertThat(file.destination()).isEqualTo(Destination.FILE);
        assertThat(file.file()).isEqualTo(Path.of("/var/log/x"));
    }

    @Test
    void aFormatIsNamedOrAPattern() {
        assertThat(AccessLogSettings.of("-", "json").format()).isEqualTo(Format.JSON);
        assertThat(AccessLogSettings.of("-", "combined").pattern())
                .startsWith("$remote_addr - $remote_user [$time_local]");
        assertThat(AccessLogSettings.of("-", "$status").pattern()).isEqualTo("$status");
        assertThatThrownBy(() -> AccessLogSettings.of("-", "apache"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("apache is no format");
    }

    @Test
    void aFileIsPutAsideOnceItIsLarge() throws Exception {
        Path file = dir.resolve("access.log");
        AccessLogSettings settings =
                new AccessLogSettings(
                        Destination.FILE,
                        file,
                        Format.PATTERN,
                        "$request_uri",
                        1,
                        new Rotation(100, 2),
                        SMALL_BUFFER,
                        Duration.ofMillis(5));
        Files.writeString(file, "before\n");
        AccessLog log = AccessLog.open(settings, 1);
        // One write a line, so that no two get into one file beyond its size.
        for (int i = 0; i < 40; i++) {
            log.loop(0).write(Exchanges.request("GET", "/%08d".formatted(i), "x"));
            String last = "/%08d".formatted(i);
            await().atMost(Duration.ofSeconds(30)).until(() -> contains(file, last));
        }
        log.close();
        assertThat(log.failedLines()).isZero();
        assertThat(dir.resolve("access.log.1")).isRegularFile();
        assertThat(dir.resolve("access.log.2")).isRegularFile();
        assertThat(dir.resolve("access.log.3")).doesNotExist();
        String all =
                Files.readString(dir.resolve("access.log.2"))
                        + Files.readString(dir.resolve("access.log.1"))
                        + Files.readString(file);
        assertThat(all.lines().toList())
                .isSorted()
                .contains("/00000039")
                .hasSizeGreaterThanOrEqualTo(20);
        assertThat(Files.size(dir.resolve("access.log.1"))).isBetween(100L, 110L);
    }

    /** Whether a line was written, to the file or to one that it was put aside as. */
    private static boolean contains(Path file, String line) throws IOException {
        for (String suffix : new String[] {"", ".1"}) {
            Path candidate = Path.of(file + suffix);
            if (Files.exists(candidate) && Files.readString(candidate).contains(line)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aPartIsLeftOutButNoError() throws Exception {
        Path file = dir.resolve("access.log");
        AccessLogSettings settings =
                AccessLogSettings.of(file.toString(), "$status $error").withSampleRatio(0.25);
        AccessLog log = AccessLog.open(settings, 1);
        for (int i = 0; i < 4_000; i++) {
            log.loop(0).write(Exchanges.whole());
        }
        for (int i = 0; i < 100; i++) {
            ExchangeRecord missing = Exchanges.whole();
            missing.status(404);
            log.loop(0).write(missing);
            ExchangeRecord broken = Exchanges.whole();
            broken.error("upstream_lost");
            log.loop(0).write(broken);
        }
        log.close();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.stream().filter("404 -"::equals)).hasSize(100);
        assertThat(lines.stream().filter("200 upstream_lost"::equals)).hasSize(100);
        assertThat(lines.stream().filter("200 -"::equals).count()).isBetween(800L, 1_200L);
    }

    private static AccessLogSettings settings() {
        return new AccessLogSettings(
                Destination.STDOUT,
                null,
                Format.TEXT,
                "",
                1,
                null,
                SMALL_BUFFER,
                Duration.ofMillis(5));
    }
}
