package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import dev.penstock.app.source.SourceSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where objects are read from and which of them are ours. */
final class SourceOptions {

    @Option(
            names = "--manifests",
            paramLabel = "DIR",
            description = "Read objects from the YAML and JSON files in a directory.")
    @Nullable Path manifests;

    @Option(
            names = "--watch",
            negatable = true,
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Follow changes of the directory.")
    boolean watch = true;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Read objects from the cluster of a kubeconfig file.")
    @Nullable Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "The kubeconfig's context, if not its current one.")
    @Nullable String context;

    @Option(
            names = "--watch-namespace",
            paramLabel = "NAMESPACE",
            split = ",",
            showDefaultValue = Visibility.NEVER,
            description = "Read namespaced objects from these namespaces only.")
    List<String> namespaces = new ArrayList<>();

    @Option(
            names = "--label-selector",
            paramLabel = "SELECTOR",
            description = "Read only Ingresses with these labels, as kubectl -l takes them.")
    @Nullable String labelSelector;

    SourceSettings settings() {
        if (manifests != null && kubeconfig != null) {
            throw ExitException.usage("give one of --manifests and --kubeconfig");
        }
        return new SourceSettings(
                manifests,
                watch,
                kubeconfig,
                context,
                Set.copyOf(namespaces),
                labelSelector == null ? "" : labelSelector);
    }
}
