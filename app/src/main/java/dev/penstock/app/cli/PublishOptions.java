package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import dev.penstock.app.serve.ClusterSettings;
import dev.penstock.controller.status.PublishSettings;
import dev.penstock.model.service.ServiceName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is written to the status of Ingresses. Matters in a cluster only. */
final class PublishOptions {

    @Option(
            names = "--publish-service",
            paramLabel = "NAMESPACE/NAME",
            converter = ObjectNameConverter.class,
            description = "Write this Service's addresses to the status of Ingresses.")
    @Nullable ServiceName service;

    @Option(
            names = "--publish-address",
            paramLabel = "ADDRESS",
            split = ",",
            description = "Write these IP addresses or names to the status of Ingresses.")
    List<String> addresses = new ArrayList<>();

    @Option(
            names = "--leader-lease",
            paramLabel = "NAMESPACE/NAME",
            converter = ObjectNameConverter.class,
            description =
                    "The Lease by which the writer of status and Events is elected; by default"
                            + " penstock-leader in the own namespace.")
    @Nullable ServiceName leaderLease;

    ClusterSettings settings() {
        if (service != null && !addresses.isEmpty()) {
            throw ExitException.usage("give one of --publish-service and --publish-address");
        }
        PublishSettings published = null;
        if (service != null) {
            published = new PublishSettings.OfService(service);
        } else if (!addresses.isEmpty()) {
            published = new PublishSettings.Fixed(addresses);
        }
        return new ClusterSettings(published, leaderLease);
    }
}
