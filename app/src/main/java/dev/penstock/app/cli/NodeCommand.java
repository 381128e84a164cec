package dev.penstock.app.cli;

import dev.penstock.app.node.ModeSettings;
import dev.penstock.app.node.Node;
import dev.penstock.app.node.NodeSettings;
import dev.penstock.app.node.NodeSideSettings;
import dev.penstock.app.source.SourceSettings;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock node}: Services on this node, as kube-proxy makes them work. */
@Command(
        name = "node",
        description = "Makes Services work on this node, in place of kube-proxy.",
        showDefaultValues = true,
        sortOptions = false,
        footer = {
            "",
            "Reads --manifests DIR, --kubeconfig FILE, or the cluster it runs in.",
            "Rules stay when it ends; --cleanup removes everything that any mode ever made."
        })
final class NodeCommand implements Callable<Integer> {

    @Mixin final SourceOptions source = new SourceOptions();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            converter = ModeConverter.class,
            description = "auto, nftables, iptables, ipvs or userspace.")
    String mode = ModeSettings.AUTO;

    @Option(
            names = "--node-name",
            paramLabel = "NAME",
            description = "This node's name in the cluster; by default the host's.")
    @Nullable String nodeName;

    @Option(
            names = "--zone",
            paramLabel = "NAME",
            description =
                    "The zone this runs in, for topology hints; by default what the label"
                            + " topology.kubernetes.io/zone of the Node says.")
    @Nullable String zone;

    @Mixin final NodeOptions node = new NodeOptions();
    @Mixin final LoadBalancerOptions balancers = new LoadBalancerOptions();

    @Option(
            names = "--metrics-address",
            paramLabel = "ADDRESS:PORT",
            converter = HostPortConverter.class,
            description = "Where /metrics is served.")
    InetSocketAddress metrics = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10249);

    @Option(names = "--cleanup", description = "Remove everything that any mode made, and end.")
    boolean cleanup;

    @Mixin final LogOptions log = new LogOptions();
    @Mixin final HelpOption help = new HelpOption();

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        log.apply();
        PrintWriter out = spec.commandLine().getOut();
        if (cleanup) {
            return Node.cleanup(node.mode(mode), out);
        }
        SourceSettings objects = source.settings();
        String name = nodeName == null ? HostName.read() : nodeName;
        return Node.run(
                new NodeSettings(
                        Version.text(),
                        objects,
                        new NodeSideSettings(
                                name == null ? "" : name,
                                node.settings(mode, objects.manifests() != null, name, zone),
                                balancers.settings()),
                        metrics),
                out);
    }
}
