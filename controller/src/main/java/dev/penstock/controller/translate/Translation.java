package dev.penstock.controller.translate;

import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.config.Configuration;
import java.util.List;

/**
 * What the objects come to.
 *
 * @param configuration what is to be served, and what is wrong
 * @param ingresses the Ingresses that are ours, whose status is ours to write; sorted by reference
 */
public record Translation(Configuration configuration, List<IngressObject> ingresses) {

    public Translation {
        ingresses = List.copyOf(ingresses);
    }
}
