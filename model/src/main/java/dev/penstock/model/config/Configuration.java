package dev.penstock.model.config;

import dev.penstock.model.Problem;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.service.Services;
import dev.penstock.model.tls.TlsConfig;
import java.util.List;

/**
 * Everything that is to be served: the pure function of the objects that were read. Parts that did
 * not change between two configurations are the same instances, so that a consumer may compare them
 * by identity and rebuild only what changed.
 *
 * @param http hosts and routes
 * @param tls certificates and which host each is for
 * @param services Services with their endpoints
 * @param problems what is wrong with the objects, sorted by object and field
 */
public record Configuration(
        HttpConfig http, TlsConfig tls, Services services, List<Problem> problems) {

    /** The configuration of no objects at all. */
    public static final Configuration EMPTY =
            new Configuration(HttpConfig.EMPTY, TlsConfig.EMPTY, Services.EMPTY, List.of());

    public Configuration {
        problems = List.copyOf(problems);
    }
}
