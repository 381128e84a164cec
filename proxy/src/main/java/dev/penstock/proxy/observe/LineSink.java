package dev.penstock.proxy.observe;

import static java.util.Objects.requireNonNull;

import dev.penstock.proxy.observe.AccessLogSettings.Rotation;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an access log. A write that fails is counted by its lines and said in the log once a
 * minute. All but {@link #failedLines} is called by the writer's thread.
 */
final class LineSink implements ByteRing.Sink {

    private static final Logger log = LoggerFactory.getLogger(LineSink.class);

    private static final long COMPLAINT_NANOS = Duration.ofMinutes(1).toNanos();

    /** Where bytes go; opened anew on demand. */
    interface Target {
        OutputStream open() throws IOException;
    }

    private final String name;
    private final Target target;
    private final @Nullable Rotator rotator;
    private final LongSupplier nanoTime;
    private final Counters failed = new Counters(1);
    private final Counters complaints = new Counters(1);
    private @Nullable OutputStream stream;
    private boolean broken;
    // Bytes in the file, as far as they are ours; counted where there is a rotator.
    private long size;
    private long lastComplaint;

    LineSink(String name, Target target, LongSupplier nanoTime) {
        this(name, target, null, nanoTime);
    }

    private LineSink(String name, Target target, @Nullable Rotator rotator, LongSupplier nanoTime) {
        this.name = name;
        this.target = target;
        this.rotator = rotator;
        this.nanoTime = nanoTime;
    }

    static LineSink of(AccessLogSettings settings) {
        return switch (settings.destination()) {
            case OFF -> new LineSink("off", OutputStream::nullOutputStream, System::nanoTime);
            case STDOUT ->
                    new LineSink(
                            "standard output",
                            () -> new FileOutputStream(FileDescriptor.out),
                            System::nanoTime);
            case FILE -> {
                Path file = requireNonNull(settings.file());
                Rotation rotation = settings.rotation();
                yield new LineSink(
                        file.toString(),
                        () -> new FileOutputStream(file.toFile(), true),
                        rotation == null ? null : new Rotator(file, rotation),
                        System::nanoTime);
            }
        };
    }

    void open() throws IOException {
        stream = target.open();
        size = rotator == null ? 0 : rotator.size();
    }

    /** Goes on with the old file where the new one cannot be opened. */
    void reopen() {
        OutputStream old = stream;
        try {
            open();
            broken = false;
        } catch (IOException e) {
            complain("cannot be opened anew", e);
            return;
        }
        close(old);
    }

    @Override
    public void write(byte[] source, int start, int length) {
        if (length == 0) {
            return;
        }
        try {
            OutputStream to = requireNonNull(stream);
            if (broken) {
                to.write('\n'); // what was written last may be a part of a line
            }
            to.write(source, start, length);
            size += length;
            broken = false;
        } catch (IOException e) {
            broken = true;
            countLines(source, start, length);
            complain("cannot be written", e);
        }
    }

    /** What was written so far ends with a line. */
    void flush() {
        try {
            requireNonNull(stream).flush();
        } catch (IOException e) {
            complain("cannot be written", e);
        }
        if (rotator != null && rotator.isDue(size)) {
            rotate(rotator);
        }
    }

    /** Goes on with the old file where it cannot be put aside. */
    private void rotate(Rotator due) {
        try {
            due.rotate();
        } catch (IOException e) {
            complain("cannot be put aside", e);
            return;
        }
        reopen();
    }

    void close() {
        close(stream);
    }

    long failedLines() {
        return failed.get(0);
    }

    /** How often the log was told of failures. */
    long complaints() {
        return complaints.get(0);
    }

    private void close(@Nullable OutputStream old) {
        if (old == null) {
            return;
        }
        try {
            old.close();
        } catch (IOException e) {
            complain("cannot be closed", e);
        }
    }

    private void countLines(byte[] source, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (source[i] == '\n') {
                failed.increment(0);
            }
        }
    }

    private void complain(String what, IOException cause) {
        long now = nanoTime.getAsLong();
        if (complaints() == 0 || now - lastComplaint >= COMPLAINT_NANOS) {
            lastComplaint = now;
            complaints.increment(0);
            log.error("access log {} {}: {}", name, what, cause.getMessage());
        }
    }

    /** Puts a file aside: {@code access.log} becomes {@code access.log.1}, that one {@code .2}. */
    private record Rotator(Path file, Rotation rotation) {

        long size() throws IOException {
            return Files.size(file);
        }

        boolean isDue(long size) {
            return size >= rotation.bytes();
        }

        void rotate() throws IOException {
            if (!Files.exists(file)) {
                return; // somebody else has put it aside
            }
            for (int i = rotation.keep() - 1; i > 0; i--) {
                if (Files.exists(old(i))) {
                    Files.move(old(i), old(i + 1), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.move(file, old(1), StandardCopyOption.REPLACE_EXISTING);
        }

        private Path old(int number) {
            return file.resolveSibling(file.getFileName() + "." + number);
        }
    }
}
