package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.explain.ExplainRequest;
import dev.penstock.app.explain.Explainer;
import dev.penstock.app.explain.ExplanationJson;
import dev.penstock.app.explain.ExplanationText;
import dev.penstock.app.explain.RequestExplanation;
import dev.penstock.app.source.SourceSettings;
import dev.penstock.l4.ServiceExplanation;
import dev.penstock.model.service.ServicePortRef;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code penstock explain}: which rule takes a request, and why. */
@Command(
        name = "explain",
        description = "Says which rule takes a request, why, and why each near miss does not.",
        showDefaultValues = true,
        sortOptions = false,
        footer = {
            "",
            "Asks the running instance at --admin, unless --manifests or --kubeconfig is given.",
            "penstock explain http://shop.example.com/cart",
            "penstock explain --service default/cart:80 --manifests DIR"
        })
final class ExplainCommand implements Callable<Integer> {

    enum Format {
        text,
        json
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "The request's URL.",
            defaultValue = Parameters.NULL_VALUE)
    @Nullable String url;

    @Option(names = "--method", paramLabel = "METHOD", description = "The request's method.")
    String method = "GET";

    @Option(
            names = "--header",
            paramLabel = "'NAME: VALUE'",
            description = "A header field of the request; may be given again.")
    List<String> headers = new ArrayList<>();

    @Option(
            names = "--service",
            paramLabel = "NAMESPACE/NAME:PORT",
            converter = ServicePortConverter.class,
            description = "Explain the choice of an endpoint instead.")
    @Nullable ServicePortRef service;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            description = "For people or for programs.")
    Format output = Format.text;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "The admin port of the running instance to ask.")
    URI admin = URI.create("http://127.0.0.1:10254");

    @Mixin final SourceOptions source = new SourceOptions();
    @Mixin final TranslationOptions translation = new TranslationOptions();
    @Mixin final LogOptions log = new LogOptions();
    @Mixin final HelpOption help = new HelpOption();

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        log.apply();
        if ((url == null) == (service == null)) {
            throw ExitException.usage("give a URL, or --service NAMESPACE/NAME:PORT");
        }
        PrintWriter out = spec.commandLine().getOut();
        SourceSettings settings = source.settings();
        if (settings.manifests() == null && settings.kubeconfig() == null) {
            out.print(AdminClient.explain(admin, url, method, headers, service, output));
        } else {
            Explainer explainer =
                    Explainer.of(
                            translation.translate(settings).configuration(),
                            translation.services(settings.manifests() != null));
            out.print(service == null ? request(explainer) : service(explainer, service));
        }
        return ExitCode.OK;
    }

    private String request(Explainer explainer) {
        RequestExplanation explanation;
        try {
            explanation =
                    explainer.explain(ExplainRequest.parse(String.valueOf(url), method, headers));
        } catch (IllegalArgumentException e) {
            throw ExitException.usage(String.valueOf(e.getMessage()));
        }
        return output == Format.text
                ? ExplanationText.of(explanation)
                : new String(ExplanationJson.of(explanation), StandardCharsets.UTF_8);
    }

    private String service(Explainer explainer, ServicePortRef port) {
        ServiceExplanation report = explainer.explain(port);
        return output == Format.text
                ? ExplanationText.of(report)
                : new String(ExplanationJson.of(report), StandardCharsets.UTF_8);
    }
}
