package dev.penstock.bench;

import dev.penstock.routing.RequestView;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request as the matcher sees it.
 *
 * @param hostBytes the host
 * @param pathBytes the normalised path
 */
record SampleRequest(byte[] hostBytes, byte[] pathBytes) implements RequestView {

    static SampleRequest of(String host, String path) {
        return new SampleRequest(
                host.getBytes(StandardCharsets.US_ASCII), path.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int hostStart() {
        return 0;
    }

    @Override
    public int hostLength() {
        return hostBytes.length;
    }

    @Override
    public int pathLength() {
        return pathBytes.length;
    }

    @Override
    public boolean methodIs(String method) {
        return method.equals("GET");
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        return null;
    }

    @Override
    public @Nullable CharSequence query(String name) {
        return null;
    }
}
