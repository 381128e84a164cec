package dev.penstock.app.cli;

import dev.penstock.app.source.SourceSettings;
import dev.penstock.app.source.Sources;
import dev.penstock.controller.translate.Translation;
import dev.penstock.controller.translate.Translator;
import dev.penstock.controller.translate.TranslatorSettings;
import dev.penstock.l4.L4Settings;
import dev.penstock.model.service.ServiceName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Ingresses are ours, and what stands in for what they leave out. */
final class TranslationOptions {

    @Option(
            names = "--ingress-class",
            paramLabel = "NAME",
            description = "The class that Ingresses name to be served here.")
    String ingressClass = "penstock";

    @Option(
            names = "--controller-class",
            paramLabel = "NAME",
            description = "Serve every IngressClass with this spec.controller.")
    String controllerClass = "penstock.dev/ingress-controller";

    @Option(
            names = "--watch-ingress-without-class",
            description = "Serve Ingresses that name no class, too.")
    boolean withoutClass;

    @Option(
            names = "--default-backend-service",
            paramLabel = "NAMESPACE/NAME",
            converter = ObjectNameConverter.class,
            description = "The Service that takes what no route does, by its first port.")
    @Nullable ServiceName defaultBackend;

    @Option(
            names = "--default-tls-secret",
            paramLabel = "NAMESPACE/NAME",
            converter = ObjectNameConverter.class,
            description = "The certificate for hosts without one of their own.")
    @Nullable ServiceName defaultTlsSecret;

    @Option(
            names = "--external-name",
            negatable = true,
            fallbackValue = "true",
            paramLabel = "true|false",
            arity = "0..1",
            description = "Serve Services of type ExternalName.")
    boolean externalName = true;

    @Option(
            names = "--node-name",
            paramLabel = "NAME",
            description =
                    "The node this runs on, for topology hints and --node-proxy; for the latter"
                            + " by default the host's name.")
    @Nullable String nodeName;

    @Option(
            names = "--zone",
            paramLabel = "NAME",
            description =
                    "The zone this runs in, for topology hints; by default what the label"
                            + " topology.kubernetes.io/zone of the Node says.")
    @Nullable String zone;

    TranslatorSettings settings(boolean isAlone) {
        return new TranslatorSettings(
                controllerClass,
                ingressClass,
                withoutClass,
                isAlone,
                defaultBackend,
                defaultTlsSecret,
                nodeName);
    }

    /** Which Services may be reached. */
    L4Settings services(boolean isAlone) {
        // In a cluster, what listens on the node's own addresses is none of an Ingress's business.
        L4Settings base = isAlone ? L4Settings.forManifests() : L4Settings.forCluster();
        return new L4Settings(
                externalName,
                base.loopbackAllowed(),
                nodeName,
                zone,
                base.nameServers(),
                base.affinityClientsMax());
    }

    /** Reads everything once and translates it. */
    Translation translate(SourceSettings source) {
        TranslatorSettings settings = settings(source.manifests() != null);
        return new Translator(settings)
                .translate(Sources.read(source, settings, Version.text()), Instant.now());
    }
}
