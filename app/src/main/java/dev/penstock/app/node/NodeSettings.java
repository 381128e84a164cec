package dev.penstock.app.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.source.SourceSettings;
import java.net.InetSocketAddress;

/**
 * What a node is started with.
 *
 * @param version the program's version
 * @param source where Services come from
 * @param side what is done with them
 * @param metrics where {@code /metrics} is served; port 0 takes a free one
 */
public record NodeSettings(
        String version, SourceSettings source, NodeSideSettings side, InetSocketAddress metrics) {

    public NodeSettings {
        requireNonNull(version, "version");
        requireNonNull(source, "source");
        requireNonNull(side, "side");
        requireNonNull(metrics, "metrics");
    }
}
