package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.VirtualHost;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouteTableAllocationTest {

    private static final int CALLS = 20_000;

    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    @Test
    void aMatchAllocatesNothing() {
        RouteTable<String> table =
                TestRoutes.table(
                        IntStream.range(0, 500)
                                .mapToObj(RouteTableAllocationTest::host)
                                .toArray(VirtualHost[]::new));
        TestRequest[] requests = {
            TestRequest.get("h7.example.com", "/api/v1/x"),
            TestRequest.get("h8.example.com", "/none"),
            TestRequest.get("a.w9.example.com", "/api"),
            TestRequest.get("unknown.example.org", "/"),
            TestRequest.of("PUT", "h7.example.com", "/api/v1/x", Map.of("x", "1"), Map.of()),
        };

        assertThat(
                        allocated(() -> {
                            for (TestRequest request : requests) {
                                table.match(request);
                            }
                        }))
                .isZero();
    }

    @Test
    void parsingAPathAllocatesNothing() {
        RequestPath path = new RequestPath();
        byte[] plain = "/api/v1/things/4711?verbose=1".getBytes(StandardCharsets.US_ASCII);
        byte[] dots = "/api/%7Eme/./x/../y|z?verbose=1".getBytes(StandardCharsets.US_ASCII);

        assertThat(
                        allocated(() -> {
                            path.parse(plain, 0, plain.length);
                            path.parse(dots, 0, dots.length);
                        }))
                .isZero();
    }

    /** Bytes that the calls allocate, once the code is warm. */
    private long allocated(Runnable call) {
        long least = Long.MAX_VALUE;
        // The compiler and class loading may allocate on this thread while it warms up.
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private static VirtualHost host(int i) {
        String pattern = i % 2 == 0 ? "h" + i + ".example.com" : "*.w" + i + ".example.com";
        return TestRoutes.host(
                i == 7 ? "h7.example.com" : pattern,
                TestRoutes.prefix("root", "/r"),
                TestRoutes.exact("exact", "/api"),
                TestRoutes.prefix("put", "/api/v1", new Predicate.Method("PUT")),
                TestRoutes.prefix("x", "/api/v1", new Predicate.Header("x", "1")),
                TestRoutes.prefix("api", "/api"));
    }
}
