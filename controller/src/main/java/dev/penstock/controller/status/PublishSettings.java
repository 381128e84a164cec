package dev.penstock.controller.status;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.ServiceName;
import java.util.List;

/** Which addresses Ingresses are said to be served under. */
public sealed interface PublishSettings {

    /**
     * The addresses of a Service in front of Penstock, whatever they are at the time.
     *
     * @param service the Service's name
     */
    record OfService(ServiceName service) implements PublishSettings {
        public OfService {
            requireNonNull(service, "service");
        }
    }

    /**
     * Addresses that are known beforehand.
     *
     * @param addresses IPs or host names
     */
    record Fixed(List<String> addresses) implements PublishSettings {
        public Fixed {
            addresses = List.copyOf(addresses);
        }
    }
}
