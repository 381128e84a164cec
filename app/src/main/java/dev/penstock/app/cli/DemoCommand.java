package dev.penstock.app.cli;

import dev.penstock.app.demo.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock demo}: echo backends, the quickstart manifests and serve in one go. */
@Command(
        name = "demo",
        description = "Starts two backends and serves the quickstart, with lines to try.",
        showDefaultValues = true,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port for HTTP; a free one where it is taken.")
    int httpPort = 8080;

    @Option(
            names = "--https-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port for HTTPS; a free one where it is taken.")
    int httpsPort = 8443;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The admin port; a free one where it is taken.")
    int adminPort = Demo.Ports.ADMIN;

    /** The launcher runs it so once, to make the start-up cache. */
    @Option(names = "--training", hidden = true)
    boolean training;

    @Mixin final LogOptions log = new LogOptions();
    @Mixin final HelpOption help = new HelpOption();

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        log.apply();
        return training
                ? Demo.train(Version.text())
                : Demo.run(
                        new Demo.Ports(httpPort, httpsPort, adminPort),
                        Version.text(),
                        spec.commandLine().getOut());
    }
}
