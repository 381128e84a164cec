package dev.penstock.controller.decode;

import dev.penstock.controller.state.EndpointSliceObject;
import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads an Endpoints object (v1), what there was before EndpointSlices, as if it were a slice. */
final class EndpointsDecoder {

    private EndpointsDecoder() {}

    static EndpointSliceObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        Map<String, List<Endpoint>> byPort = new HashMap<>();
        for (TreeField subset : root.get("subsets").items()) {
            for (TreeField port : subset.get("ports").items()) {
                int number = port.get("port").port("the port is left out");
                if (number != 0) {
                    List<Endpoint> endpoints =
                            byPort.computeIfAbsent(
                                    port.get("name").textOr(""), _ -> new ArrayList<>());
                    add(endpoints, subset.get("addresses"), number, true);
                    add(endpoints, subset.get("notReadyAddresses"), number, false);
                }
            }
        }
        return new EndpointSliceObject(
                meta, new ServiceName(meta.ref().namespace(), meta.ref().name()), byPort, findings);
    }

    private static void add(
            List<Endpoint> endpoints, TreeField addresses, int port, boolean ready) {
        for (TreeField field : addresses.items()) {
            TreeField ip = field.get("ip");
            String text = ip.textOr("");
            String address = AddressText.canonical(text);
            if (address == null) {
                ip.reject(Quoted.shortened(text) + " is no IP address", "the address is left out");
                continue;
            }
            endpoints.add(
                    new Endpoint(
                            address,
                            port,
                            ready,
                            ready,
                            false,
                            field.get("nodeName").text(),
                            null,
                            Endpoint.Hints.NONE,
                            EndpointSliceDecoder.pod(field.get("targetRef"))));
        }
    }
}
