package dev.penstock.app.serve;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.node.NodeSideSettings;
import dev.penstock.app.source.SourceSettings;
import dev.penstock.controller.translate.TranslatorSettings;
import dev.penstock.proxy.runtime.ProxySettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with.
 *
 * @param version the program's version
 * @param source where objects come from
 * @param translator how they are understood
 * @param cluster what is written to a cluster
 * @param node what is done on the node beside; null for nothing
 * @param proxy the data plane
 * @param admin where the admin port listens; port 0 takes a free one
 * @param shutdownDelay how long connections are still accepted after the signal to stop
 * @param shutdownGrace how long what is in flight may take after that
 */
public record ServeSettings(
        String version,
        SourceSettings source,
        TranslatorSettings translator,
        ClusterSettings cluster,
        @Nullable NodeSideSettings node,
        ProxySettings proxy,
        InetSocketAddress admin,
        Duration shutdownDelay,
        Duration shutdownGrace) {

    public ServeSettings {
        requireNonNull(version, "version");
        requireNonNull(source, "source");
        requireNonNull(translator, "translator");
        requireNonNull(cluster, "cluster");
        requireNonNull(proxy, "proxy");
        requireNonNull(admin, "admin");
        requireNonNull(shutdownDelay, "shutdownDelay");
        requireNonNull(shutdownGrace, "shutdownGrace");
    }
}
