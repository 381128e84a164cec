package dev.penstock.proxy.observe;

import dev.penstock.proxy.message.MessageHead;
import java.nio.charset.StandardCharsets;

/** Methods as a metric's label: clients may make up others, which must not make up series. */
enum RequestMethod {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    PATCH,
    OPTIONS,
    TRACE,
    OTHER;

    private static final RequestMethod[] ALL = values();

    private final byte[] bytes = name().getBytes(StandardCharsets.US_ASCII);

    static RequestMethod of(MessageHead head) {
        for (RequestMethod method : ALL) {
            if (method != OTHER && head.methodIs(method.bytes)) {
                return method;
            }
        }
        return OTHER;
    }

    static int count() {
        return ALL.length;
    }

    static RequestMethod at(int ordinal) {
        return ALL[ordinal];
    }
}
