package dev.penstock.controller.decode;

import dev.penstock.model.address.AddressText;
import dev.penstock.model.http.HostPattern;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the hosts of rules and of TLS entries: a DNS name, or {@code *.} and a DNS name (Kubernetes
 * API, IngressRule.host).
 */
final class HostName {

    private static final int LENGTH_MAX = 253;
    private static final int LABEL_LENGTH_MAX = 63;

    private HostName() {}

    /**
     * Reads a host.
     *
     * @param consequence what happens to the part that holds the host when it is wrong
     * @return null when it is wrong, which has been reported
     */
    static @Nullable HostPattern read(TreeField field, String consequence) {
        String written = field.text(consequence);
        if (written == null) {
            return null;
        }
        String host = written.toLowerCase(Locale.ROOT);
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        String fault = fault(host);
        if (fault != null) {
            field.reject("host " + Quoted.shortened(written) + " " + fault, consequence);
            return null;
        }
        if (!host.equals(written)) {
            field.reject(
                    "host "
                            + written
                            + " is not in lower case or ends in a dot, which the"
                            + " Kubernetes API refuses",
                    "it is taken as " + host);
        }
        return new HostPattern(host);
    }

    /** Why a host is none, as the end of a sentence; null when it is one. */
    private static @Nullable String fault(String host) {
        if (host.equals("*")) {
            return "is a wildcard without a domain (expected: *.example.com, or no host for all)";
        }
        if (host.indexOf(':') >= 0) {
            return "has a port or is an IP address (expected: a DNS name alone)";
        }
        if (AddressText.canonical(host) != null) {
            return "is an IP address (expected: a DNS name)";
        }
        String domain = host.startsWith("*.") ? host.substring(2) : host;
        if (domain.indexOf('*') >= 0) {
            return "has a * that is not its whole first label (expected: *.example.com)";
        }
        if (host.length() > LENGTH_MAX) {
            return "is longer than " + LENGTH_MAX + " characters";
        }
        int start = 0;
        while (true) {
            int dot = domain.indexOf('.', start);
            int end = dot < 0 ? domain.length() : dot;
            String labelFault = labelFault(domain, start, end);
            if (labelFault != null) {
                return labelFault;
            }
            if (dot < 0) {
                return null;
            }
            start = dot + 1;
        }
    }

    private static @Nullable String labelFault(String domain, int start, int end) {
        if (end == start) {
            return "has an empty label";
        }
        if (end - start > LABEL_LENGTH_MAX) {
            return "has a label longer than " + LABEL_LENGTH_MAX + " characters";
        }
        for (int i = start; i < end; i++) {
            char c = domain.charAt(i);
            if (c > 0x7f) {
                return "has characters outside ASCII (expected: the xn-- form of the name)";
            }
            boolean inside = i > start && i < end - 1;
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && !(c == '-' && inside)) {
                return "is no DNS name (expected: letters, digits, - and . only)";
            }
        }
        return null;
    }
}
