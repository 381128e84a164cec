package dev.penstock.app.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request to the admin port asks for beside its path.
 *
 * @param parameters the query's parameters in their order, decoded; a name may come more than once
 * @param accept the value of {@code Accept}; empty for none
 */
public record AdminQuery(List<Parameter> parameters, String accept) {

    /** One parameter of a query. */
    public record Parameter(String name, String value) {}

    public AdminQuery {
        parameters = List.copyOf(parameters);
    }

    /**
     * Reads a query as it stands in a URL.
     *
     * @throws IllegalArgumentException if its percent-encoding is broken
     */
    static AdminQuery parse(@Nullable String rawQuery, String accept) {
        List<Parameter> parameters = new ArrayList<>();
        if (rawQuery != null) {
            for (String part : rawQuery.split("&")) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                if (!name.isEmpty()) {
                    parameters.add(
                            new Parameter(
                                    decode(name),
                                    equals < 0 ? "" : decode(part.substring(equals + 1))));
                }
            }
        }
        return new AdminQuery(parameters, accept);
    }

    /** The value of the first parameter with a name, or null. */
    public @Nullable String first(String name) {
        for (Parameter parameter : parameters) {
            if (parameter.name().equals(name)) {
                return parameter.value();
            }
        }
        return null;
    }

    /** The values of all parameters with a name, in their order. */
    public List<String> all(String name) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::value)
                .toList();
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
