package dev.penstock.app.node;

import dev.penstock.controller.manifest.ManifestReader;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.controller.translate.ServiceView;
import dev.penstock.l4.L4Settings;
import dev.penstock.l4.nftables.NftablesMode;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.model.service.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Goes through a node's start up to the point where rules would be sent to the kernel, so that the
 * JVM keeps the classes it takes in its cache (JEP 483). Changes nothing, and needs no rights.
 */
public final class Rehearsal {

    private static final String MANIFESTS =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop, labels: {app: web}}
            spec:
              type: LoadBalancer
              clusterIP: 10.96.0.1
              clusterIPs: [10.96.0.1, "fd00::1"]
              sessionAffinity: ClientIP
              externalTrafficPolicy: Local
              loadBalancerSourceRanges: [192.0.2.0/24]
              ports:
              - {name: http, port: 80, targetPort: 8080, nodePort: 30080, protocol: TCP}
              - {name: dns, port: 53, nodePort: 30053, protocol: UDP}
            status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports:
            - {name: http, port: 8080, protocol: TCP}
            endpoints:
            - addresses: [10.244.0.1]
              conditions: {ready: true, serving: true, terminating: false}
              nodeName: node1
            - addresses: [10.244.1.1]
              conditions: {ready: true}
              nodeName: other
            """;

    private Rehearsal() {}

    /**
     * Does it.
     *
     * @throws IOException if there is no room for a manifest
     */
    public static void run() throws IOException, SourceUnavailableException {
        NftablesMode mode = new NftablesMode();
        NodePlanner planner = new NodePlanner(L4Settings.forManifests(), mode.algorithms());
        FactsSettings facts = new FactsSettings(List.of(), List.of(), false, false);
        mode.rehearse(planner.plan(services(), facts.read(false)));
        mode.close();
    }

    private static Services services() throws IOException, SourceUnavailableException {
        Path directory = Files.createTempDirectory("penstock-rehearsal-");
        Path file = directory.resolve("services.yaml");
        try {
            Files.writeString(file, MANIFESTS);
            return new ServiceView("node1").update(ManifestReader.read(directory));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
