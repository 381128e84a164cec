package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import dev.penstock.app.node.FactsSettings;
import dev.penstock.app.node.ModeSettings;
import dev.penstock.app.node.NodeProxySettings;
import dev.penstock.l4.L4Settings;
import dev.penstock.l4.sync.SyncSettings;
import dev.penstock.l4.userspace.UserspaceSettings;
import dev.penstock.model.address.Cidr;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** How Services are served on a node, for {@code node} and {@code serve --node-proxy}. */
final class NodeOptions {

    @Option(
            names = "--cluster-cidr",
            paramLabel = "CIDR",
            split = ",",
            converter = CidrConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "The networks of pods; other sources are masqueraded.")
    List<Cidr> clusterCidrs = new ArrayList<>();

    @Option(
            names = "--service-cidr",
            paramLabel = "CIDR",
            split = ",",
            converter = CidrConverter.class,
            showDefaultValue = Visibility.NEVER,
            description =
                    "The networks of cluster addresses; mode nftables drops what goes to one that"
                            + " no Service has.")
    List<Cidr> serviceCidrs = new ArrayList<>();

    @Option(
            names = "--nodeport-addresses",
            paramLabel = "CIDR|primary|all",
            split = ",",
            showDefaultValue = Visibility.NEVER,
            description =
                    "The local addresses that node ports are served on (default: all but loopback).")
    List<String> nodePortAddresses = new ArrayList<>();

    @Option(
            names = "--localhost-nodeports",
            negatable = true,
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description =
                    "Serve node ports on 127.0.0.1 too (default: in modes iptables and userspace).")
    @Nullable Boolean localhostNodePorts;

    @Option(names = "--masquerade-all", description = "Masquerade all traffic to Services.")
    boolean masqueradeAll;

    @Option(
            names = "--ipvs-scheduler",
            paramLabel = "NAME",
            description = "The scheduler of mode ipvs where a Service asks for none.")
    String ipvsScheduler = "rr";

    @Option(
            names = "--udp-timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "How long mode userspace keeps an idle UDP session (default: 2m).")
    Duration udpTimeout = UserspaceSettings.UDP_TIMEOUT_DEFAULT;

    @Option(
            names = "--redirect",
            negatable = true,
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Redirect Services' addresses to the sockets of mode userspace.")
    boolean redirect = true;

    @Option(
            names = "--min-sync-period",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "The least time between two syncs (default: 0s).")
    Duration minSyncPeriod = SyncSettings.MIN_PERIOD_DEFAULT;

    @Option(
            names = "--sync-period",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "How often rules are looked at without a change (default: 30s).")
    Duration syncPeriod = SyncSettings.PERIOD_DEFAULT;

    @Option(
            names = "--healthz-address",
            paramLabel = "ADDRESS:PORT",
            converter = HostPortConverter.class,
            showDefaultValue = Visibility.NEVER,
            description = "Where /healthz and /livez are served (default: 0.0.0.0:10256).")
    InetSocketAddress healthz = new InetSocketAddress(10256);

    @Option(
            names = "--allow-beside-kube-proxy",
            description = "Start though a kube-proxy serves this node.")
    boolean allowBesideKubeProxy;

    /**
     * The L4 module's settings.
     *
     * @param mode the mode's name
     * @param isManifests whether objects come from a directory
     * @param nodeName this node's name; null where unknown
     * @param zone the zone this runs in; null for what the cluster says
     */
    NodeProxySettings settings(
            String mode, boolean isManifests, @Nullable String nodeName, @Nullable String zone) {
        // Endpoints on this machine's own loopback can be reached by sockets alone.
        L4Settings services =
                new L4Settings(
                        true,
                        isManifests && !redirect,
                        nodeName,
                        zone,
                        List.of(),
                        L4Settings.AFFINITY_CLIENTS_DEFAULT);
        return new NodeProxySettings(
                services, mode(mode), facts(), sync(), healthz, allowBesideKubeProxy);
    }

    ModeSettings mode(String mode) {
        try {
            return new ModeSettings(
                    mode,
                    ipvsScheduler,
                    serviceCidrs,
                    UserspaceSettings.of(redirect).withUdpTimeout(udpTimeout),
                    localhostNodePorts);
        } catch (IllegalArgumentException e) {
            throw ExitException.usage(
                    "Invalid value for option '--udp-timeout': " + e.getMessage());
        }
    }

    private SyncSettings sync() {
        try {
            return SyncSettings.of(minSyncPeriod, syncPeriod);
        } catch (IllegalArgumentException e) {
            throw ExitException.usage(
                    "Invalid value for option '--sync-period': " + e.getMessage());
        }
    }

    private FactsSettings facts() {
        List<Cidr> cidrs = new ArrayList<>();
        boolean primary = nodePortAddresses.equals(List.of("primary"));
        boolean all = nodePortAddresses.isEmpty() || nodePortAddresses.equals(List.of("all"));
        if (!primary && !all) {
            for (String text : nodePortAddresses) {
                try {
                    cidrs.add(Cidr.parse(text));
                } catch (IllegalArgumentException _) {
                    throw ExitException.usage(
                            "Invalid value for option '--nodeport-addresses': '"
                                    + text
                                    + "' is not a network such as 10.0.0.0/8 (or primary or all,"
                                    + " alone)");
                }
            }
        }
        return new FactsSettings(clusterCidrs, cidrs, primary, masqueradeAll);
    }
}
