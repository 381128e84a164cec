package dev.penstock.l4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.EndpointChoice.Topology;
import dev.penstock.model.service.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kube-proxy's choice of endpoints, case by case (KEP-1669, KEP-2433, KEP-3015). */
class EndpointChoiceTest {

    private static final AddressRules RULES = new AddressRules(false);

    private final L4Settings settings =
            new L4Settings(true, false, "node1", "zoneA", List.of(), 1_000);

    /**
     * Endpoints are words of letters: r ready, s serving, t terminating, f forbidden address;
     * behind a colon zone hints, behind an @ node hints.
     */
    @ParameterizedTest(name = "{0} uses {1}: {2}, {3}")
    @CsvSource(
            textBlock =
                    """
                    # endpoints,                      used,    availability,  topology
                    '',                               '',      NO_ENDPOINTS,  NONE
                    rs,                               0,       AVAILABLE,     NONE
                    rs rs rs,                         0 1 2,   AVAILABLE,     NONE
                    rs -,                             0,       AVAILABLE,     NONE
                    -,                                '',      NO_ENDPOINTS,  NONE
                    s,                                '',      NO_ENDPOINTS,  NONE
                    rs st,                            0,       AVAILABLE,     NONE
                    st st t -,                        0 1,     AVAILABLE,     NONE
                    t,                                '',      NO_ENDPOINTS,  NONE
                    rsf,                              '',      FORBIDDEN,     NONE
                    rsf rs,                           1,       AVAILABLE,     NONE
                    rsf st,                           1,       AVAILABLE,     NONE
                    rsf -,                            '',      FORBIDDEN,     NONE
                    rs:zoneA rs:zoneB,                0,       AVAILABLE,     SAME_ZONE
                    rs:zoneA|zoneB rs:zoneB,          0,       AVAILABLE,     SAME_ZONE
                    rs:zoneA rs,                      0 1,     AVAILABLE,     NONE
                    rs:zoneB rs:zoneC,                0 1,     AVAILABLE,     NONE
                    rs:zoneA rs:zoneB -,              0,       AVAILABLE,     SAME_ZONE
                    -:zoneA rs:zoneB,                 1,       AVAILABLE,     NONE
                    st:zoneB st:zoneA,                0 1,     AVAILABLE,     NONE
                    rs@node1 rs@node2,                0,       AVAILABLE,     SAME_NODE
                    rs@node1:zoneA rs@node2:zoneA,    0,       AVAILABLE,     SAME_NODE
                    rs@node2:zoneA rs@node3:zoneB,    0,       AVAILABLE,     SAME_ZONE
                    rs@node1:zoneB rs:zoneA,          1,       AVAILABLE,     SAME_ZONE
                    """)
    void endpointsAreChosenAsKubeProxyDoes(
            String words, String used, Availability availability, Topology topology) {
        List<Endpoint> all = endpoints(words);

        EndpointChoice choice = EndpointChoice.of(all, settings, RULES);

        assertThat(choice.used()).isEqualTo(pick(all, used));
        assertThat(choice.availability()).isEqualTo(availability);
        assertThat(choice.topology()).isEqualTo(topology);
    }

    @ParameterizedTest
    @CsvSource({"rs:zoneA rs:zoneB", "rs@node1 rs@node2"})
    void withoutAKnownNodeOrZoneHintsAreNotUsed(String words) {
        List<Endpoint> all = endpoints(words);

        assertThat(EndpointChoice.of(all, L4Settings.forCluster(), RULES).used()).isEqualTo(all);
    }

    private static List<Endpoint> pick(List<Endpoint> all, String indices) {
        return words(indices).stream().map(i -> all.get(Integer.parseInt(i))).toList();
    }

    private static List<Endpoint> endpoints(String words) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String word : words(words)) {
            String flags = word.replaceFirst("[:@].*", "");
            Endpoint.Hints hints = new Endpoint.Hints(behind(':', word), behind('@', word));
            String network = flags.contains("f") ? "127.0.0." : "10.0.0.";
            endpoints.add(
                    new Endpoint(
                            network + (endpoints.size() + 1),
                            8080,
                            flags.contains("r"),
                            flags.contains("s"),
                            flags.contains("t"),
                            null,
                            null,
                            hints,
                            null));
        }
        return endpoints;
    }

    private static List<String> behind(char sign, String word) {
        int at = word.indexOf(sign);
        return at < 0
                ? List.of()
                : Arrays.asList(word.substring(at + 1).replaceFirst("[:@].*", "").split("\\|", -1));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(" ", -1));
    }
}
