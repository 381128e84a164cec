package dev.penstock.app.cli;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.announce.LoadBalancerSettings;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.node.NodeSideSettings;
import dev.penstock.app.serve.Serve;
import dev.penstock.app.serve.ServeSettings;
import dev.penstock.app.source.SourceSettings;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code penstock serve}: the Ingress controller and proxy. */
@Command(
        name = "serve",
        description = "Serves the Ingresses of a directory or a cluster.",
        showDefaultValues = true,
        sortOptions = false,
        footer = {
            "",
            "Reads --manifests DIR, --kubeconfig FILE, or the cluster it runs in.",
            "SIGTERM ends it when all requests are answered, a second one at once.",
            "Rules of --node-proxy stay then; penstock node --cleanup removes them."
        })
final class ServeCommand implements Callable<Integer> {

    @Mixin final SourceOptions source = new SourceOptions();
    @Mixin final TranslationOptions translation = new TranslationOptions();
    @Mixin final ListenerOptions listeners = new ListenerOptions();
    @Mixin final AccessLogOptions accessLog = new AccessLogOptions();
    @Mixin final TracingOptions tracing = new TracingOptions();
    @Mixin final PublishOptions publish = new PublishOptions();

    @Option(
            names = "--node-proxy",
            paramLabel = "MODE",
            converter = ModeConverter.class,
            description =
                    "Make Services work on this node too, in place of kube-proxy: auto, nftables,"
                            + " iptables, ipvs or userspace.")
    @Nullable String nodeProxy;

    @Mixin final NodeOptions node = new NodeOptions();
    @Mixin final LoadBalancerOptions balancers = new LoadBalancerOptions();
    @Mixin final LogOptions log = new LogOptions();
    @Mixin final HelpOption help = new HelpOption();

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        log.apply();
        SourceSettings objects = source.settings();
        boolean isAlone = objects.manifests() != null;
        NodeSideSettings side = side(isAlone);
        return Serve.run(
                new ServeSettings(
                        Version.text(),
                        objects,
                        translation.settings(isAlone),
                        publish.settings(),
                        side,
                        listeners
                                .proxy(translation.services(isAlone))
                                .withAccessLog(accessLog.settings())
                                .withTracing(tracing.settings(Version.text())),
                        listeners.admin(),
                        listeners.shutdownDelay,
                        listeners.shutdownGrace),
                spec.commandLine().getOut());
    }

    /** What is done on the node beside; null for nothing. */
    @Nullable NodeSideSettings side(boolean isAlone) {
        LoadBalancerSettings pool = balancers.settings();
        if (nodeProxy == null) {
            refuseNodeOptions();
            if (pool == null) {
                return null;
            }
        }
        if (translation.nodeName == null) {
            translation.nodeName = HostName.read();
        }
        String name = translation.nodeName;
        return new NodeSideSettings(
                name == null ? "" : name,
                nodeProxy == null
                        ? null
                        : node.settings(nodeProxy, isAlone, name, translation.zone),
                pool);
    }

    /** A flag that would do nothing was meant to do something. */
    private void refuseNodeOptions() {
        ParseResult given = spec.commandLine().getParseResult();
        for (OptionSpec option : requireNonNull(spec.mixins().get("node"), "node").options()) {
            if (given.hasMatchedOption(option.longestName())) {
                throw ExitException.usage(option.longestName() + " needs --node-proxy");
            }
        }
    }
}
