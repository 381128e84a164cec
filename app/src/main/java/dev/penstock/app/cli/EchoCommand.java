package dev.penstock.app.cli;

import dev.penstock.app.echo.Echo;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code penstock echo}: a backend that answers with what it received. */
@Command(
        name = "echo",
        description = "A backend that answers with what it received.",
        showDefaultValues = true,
        sortOptions = false,
        footer = {
            "",
            "Paths: /status/503 answers so, /delay/200ms waits first, /bytes/1000 sends that many.",
            "Speaks HTTP/1.1, HTTP/2 with prior knowledge, and WebSocket."
        })
final class EchoCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "The port to listen at; 0 takes a free one.")
    int port = 8081;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "The address to listen at.")
    String bind = "0.0.0.0";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What it calls itself in its answers.",
            defaultValue = Option.NULL_VALUE)
    @Nullable String name;

    @Mixin final LogOptions log = new LogOptions();
    @Mixin final HelpOption help = new HelpOption();

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        log.apply();
        return Echo.run(BindAddress.of("--bind", bind, port), name, spec.commandLine().getOut());
    }
}
