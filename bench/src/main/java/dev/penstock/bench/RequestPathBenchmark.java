package dev.penstock.bench;

import dev.penstock.routing.RequestPath;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to normalise a request's target. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestPathBenchmark {

    /** The target: short, plain, with escapes, with dot segments. */
    @Param({
        "/",
        "/api/v1/orders/4711?verbose=true&page=2",
        "/caf%C3%A9/%7Euser/a%20b/c",
        "/a/b/../c/./d/%2e%2e/e?x=1"
    })
    public String target = "/";

    private final RequestPath path = new RequestPath();
    private byte[] bytes = {};

    /** Makes the bytes. */
    @Setup
    public void setup() {
        bytes = target.getBytes(StandardCharsets.US_ASCII);
    }

    /** Normalises the target. */
    @Benchmark
    public RequestPath.Verdict parse() {
        return path.parse(bytes, 0, bytes.length);
    }
}
