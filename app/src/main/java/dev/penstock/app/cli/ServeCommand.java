package dev.penstock.app.cli;

import dev.penstock.app.serve.Serve;
import dev.penstock.app.serve.ServeSettings;
import dev.penstock.app.source.SourceSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
            "SIGTERM ends it when all requests are answered, a second one at once."
        })
final class ServeCommand implements Callable<Integer> {

    @Mixin final SourceOptions source = new SourceOptions();
    @Mixin final TranslationOptions translation = new TranslationOptions();
    @Mixin final ListenerOptions listeners = new ListenerOptions();
    @Mixin final PublishOptions publish = new PublishOptions();
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
        return Serve.run(
                new ServeSettings(
                        Version.text(),
                        objects,
                        translation.settings(isAlone),
                        publish.settings(),
                        listeners.proxy(translation.services(isAlone)),
                        listeners.admin(),
                        listeners.shutdownDelay,
                        listeners.shutdownGrace),
                spec.commandLine().getOut());
    }
}
