package dev.penstock.l4.node;

import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of a Service that concern a node's rules.
 *
 * @param algorithm {@code penstock.dev/l4-algorithm}; null for the mode's default
 * @param ipvsScheduler {@code penstock.dev/ipvs-scheduler}; null where it is not set
 * @param weights {@code penstock.dev/l4-weights}: by address, pod, node or zone
 */
record ServiceAnnotations(
        @Nullable Algorithm algorithm,
        @Nullable String ipvsScheduler,
        Map<String, Integer> weights) {

    /** The kernel's schedulers (Documentation/networking/ipvs-sysctl and net/netfilter/ipvs). */
    static final Set<String> IPVS_SCHEDULERS =
            Set.of(
                    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf",
                    "mh");

    private static final String ALGORITHM = "l4-algorithm";
    private static final String IPVS_SCHEDULER = "ipvs-scheduler";
    private static final String WEIGHTS = "l4-weights";

    static ServiceAnnotations of(
            Service service, Set<Algorithm> algorithms, List<Problem> problems) {
        if (service.annotations().isEmpty()) {
            return new ServiceAnnotations(null, null, Map.of());
        }
        return new Reader(service, problems).read(algorithms);
    }

    /** An endpoint's weight: by its address, else its pod, else its node, else its zone, else 1. */
    int weight(Endpoint endpoint) {
        if (weights.isEmpty()) {
            return 1;
        }
        String pod = endpoint.target();
        for (String key :
                Arrays.asList(
                        endpoint.address(),
                        pod == null ? null : pod.substring(pod.indexOf('/') + 1),
                        endpoint.nodeName(),
                        endpoint.zone())) {
            Integer weight = key == null ? null : weights.get(key);
            if (weight != null) {
                return weight;
            }
        }
        return 1;
    }

    private record Reader(Service service, List<Problem> problems) {

        ServiceAnnotations read(Set<Algorithm> algorithms) {
            return new ServiceAnnotations(algorithm(algorithms), ipvsScheduler(), weights());
        }

        private @Nullable Algorithm algorithm(Set<Algorithm> algorithms) {
            String value = service.annotations().get(ALGORITHM);
            if (value == null) {
                return null;
            }
            Algorithm algorithm = Algorithm.ofAnnotation(value);
            if (algorithm != null && algorithms.contains(algorithm)) {
                return algorithm;
            }
            String choice =
                    algorithms.stream()
                            .map(Algorithm::annotationValue)
                            .sorted()
                            .collect(Collectors.joining(", "));
            String what = algorithm == null ? " is no algorithm" : " is not possible in this mode";
            reject(
                    ALGORITHM,
                    "'" + value + "'" + what + " (expected: " + choice + ")",
                    "the mode's default is used");
            return null;
        }

        private @Nullable String ipvsScheduler() {
            String value = service.annotations().get(IPVS_SCHEDULER);
            if (value == null || IPVS_SCHEDULERS.contains(value)) {
                return value;
            }
            String choice = IPVS_SCHEDULERS.stream().sorted().collect(Collectors.joining(", "));
            reject(
                    IPVS_SCHEDULER,
                    "'" + value + "' is no scheduler (expected: " + choice + ")",
                    "it is ignored");
            return null;
        }

        private Map<String, Integer> weights() {
            String value = service.annotations().get(WEIGHTS);
            if (value == null) {
                return Map.of();
            }
            Map<String, Integer> weights = new HashMap<>();
            for (String part : value.split(",")) {
                int equals = part.lastIndexOf('=');
                int weight = equals < 1 ? -1 : weight(part.substring(equals + 1).strip());
                if (weight < 0) {
                    reject(
                            WEIGHTS,
                            "'"
                                    + part.strip()
                                    + "' is no weight (expected: NAME=0-"
                                    + Destination.WEIGHT_MAX
                                    + ", NAME being an address, pod, node or zone)",
                            "that part is ignored");
                } else {
                    weights.put(part.substring(0, equals).strip(), weight);
                }
            }
            return Map.copyOf(weights);
        }

        private static int weight(String text) {
            boolean isNumber =
                    !text.isEmpty()
                            && text.length() <= 3
                            && text.chars().allMatch(c -> c >= '0' && c <= '9');
            int weight = isNumber ? Integer.parseInt(text) : -1;
            return weight > Destination.WEIGHT_MAX ? -1 : weight;
        }

        private void reject(String annotation, String message, String consequence) {
            problems.add(
                    new Problem(
                            ServiceMapping.ref(service),
                            "metadata.annotations[penstock.dev/" + annotation + "]",
                            ProblemReason.InvalidAnnotation,
                            message,
                            consequence,
                            null));
        }
    }
}
