package dev.penstock.l4.conntrack;

import static dev.penstock.l4.conntrack.UdpServices.NODE_PORT;
import static dev.penstock.l4.conntrack.UdpServices.ready;
import static dev.penstock.l4.conntrack.UdpServices.terminating;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Protocol;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlowCheckTest {

    private static final String SERVICE = "10.96.0.10";
    private static final String NODE = "192.0.2.7";
    private static final String A = "10.244.0.1";
    private static final String B = "10.244.0.2";

    private final UdpServices services = new UdpServices(NODE);

    @Test
    void flowsToAnEndpointThatWentAreStaleAndOthersAreNot() {
        FlowCheck check = change(ready(A, B), ready(B));

        assertThat(check.isStale(flow(SERVICE, 53, A, 5353))).isTrue();
        assertThat(check.isStale(flow(NODE, NODE_PORT, A, 5353))).isTrue();
        assertThat(check.isStale(flow(SERVICE, 53, B, 5353))).isFalse();
        assertThat(check.isStale(flow(NODE, NODE_PORT, B, 5353))).isFalse();
        assertThat(check.isStale(flow("10.96.0.11", 53, A, 5353))).isFalse();
        assertThat(check.isStale(flow(SERVICE, 54, A, 5353))).isFalse();
    }

    @Test
    void flowsToANodePortOfAnotherMachineAreNotTouched() {
        FlowCheck check = change(ready(A, B), ready(B));

        assertThat(check.isStale(flow("198.51.100.1", NODE_PORT, "198.51.100.1", NODE_PORT)))
                .isFalse();
    }

    @Test
    void translatedLoopbackFlowsCountAndThoseOfASocketDoNot() {
        FlowCheck check = change(ready(A, B), ready(B));

        assertThat(check.isStale(flow("127.0.0.1", NODE_PORT, A, 5353))).isTrue();
        assertThat(check.isStale(flow("127.0.0.1", NODE_PORT, "127.0.0.1", NODE_PORT))).isFalse();
    }

    @Test
    void flowsToThePortThatAnEndpointLeftAreStale() {
        FlowCheck check =
                change(ready(A), new Endpoint[] {Endpoint.ready(A, 5300), Endpoint.ready(B, 5353)});

        assertThat(check.isStale(flow(SERVICE, 53, A, 5353))).isTrue();
        assertThat(check.isStale(flow(SERVICE, 53, A, 5300))).isFalse();
    }

    @Test
    void terminatingEndpointsKeepTheirFlowsAsLongAsTheyServe() {
        Endpoint[] leaving = {Endpoint.ready(B, 5353), terminating(A, true)};
        Endpoint[] left = {Endpoint.ready(B, 5353), terminating(A, false)};

        assertThat(change(ready(A, B), leaving).isEmpty()).isTrue();
        // The plan is the same with and without it; its flows are not.
        assertThat(change(leaving, left).isStale(flow(SERVICE, 53, A, 5353))).isTrue();
        assertThat(change(leaving, ready(B)).isStale(flow(SERVICE, 53, A, 5353))).isTrue();
    }

    @Test
    void nothingIsLookedAtWhenEndpointsOnlyCome() {
        assertThat(change(ready(A), ready(A, B)).isEmpty()).isTrue();
        assertThat(change(ready(A), ready(A)).isEmpty()).isTrue();
    }

    @Test
    void aServiceWithoutEndpointsIsLeftAloneUntilItHasOne() {
        assertThat(change(ready(A), ready()).isEmpty()).isTrue();

        FlowCheck back = change(ready(), ready(B));
        assertThat(back.isStale(flow(SERVICE, 53, A, 5353))).isTrue();
        assertThat(back.isStale(flow(SERVICE, 53, SERVICE, 53))).isTrue();
    }

    @Test
    void tcpIsNeverLookedAt() {
        FlowCheck.State before = services.dns(Protocol.TCP, SERVICE, ready(A)).state();
        FlowCheck.State after = services.dns(Protocol.TCP, SERVICE, ready(B)).state();

        assertThat(FlowCheck.between(before, after).isEmpty()).isTrue();
        assertThat(FlowCheck.between(FlowCheck.State.EMPTY, after).isEmpty()).isTrue();
    }

    @Test
    void atFirstAllServicesAreLookedAt() {
        FlowCheck check =
                FlowCheck.between(
                        FlowCheck.State.EMPTY,
                        services.dns(Protocol.UDP, SERVICE, ready(B)).state());

        assertThat(check.families()).containsExactly(IpFamily.IPV4);
        assertThat(check.isStale(flow(SERVICE, 53, A, 5353))).isTrue();
        assertThat(check.isStale(flow(SERVICE, 53, B, 5353))).isFalse();
    }

    @Test
    void flowsThatBeganBeforeTheirServiceAreStaleInEveryMode() {
        Flow early = flow(SERVICE, 53, SERVICE, 53);
        Flow earlyByNodePort = flow(NODE, NODE_PORT, NODE, NODE_PORT);
        FlowCheck.State none = FlowCheck.State.EMPTY;
        FlowCheck.State come = services.dns(Protocol.UDP, SERVICE, ready(A)).state();

        for (FlowCheck check :
                List.of(FlowCheck.between(none, come), FlowCheck.ofSocketsBetween(none, come))) {
            assertThat(check.isStale(early)).isTrue();
            assertThat(check.isStale(earlyByNodePort)).isTrue();
            assertThat(check.isStale(flow("10.96.0.11", 53, "10.96.0.11", 53))).isFalse();
        }
    }

    @Test
    void aSocketThatStaysKeepsItsFlowsWhateverItsEndpoints() {
        FlowCheck.State first = services.dns(Protocol.UDP, SERVICE, ready(A)).state();
        FlowCheck.State other = services.dns(Protocol.UDP, SERVICE, ready(B)).state();
        FlowCheck.State none = services.dns(Protocol.UDP, SERVICE, ready()).state();

        assertThat(FlowCheck.ofSocketsBetween(first, other).isEmpty()).isTrue();
        assertThat(FlowCheck.ofSocketsBetween(other, none).isEmpty()).isTrue();
        // Until now they were refused, and those that had begun before went elsewhere.
        assertThat(FlowCheck.ofSocketsBetween(none, other).isStale(flow(SERVICE, 53, SERVICE, 53)))
                .isTrue();
    }

    @Test
    void theListingOfTheProgramIsRead() {
        String listing =
                """
                udp      17 29 src=10.0.0.1 dst=10.96.0.10 sport=4000 dport=53 [UNREPLIED] src=10.244.0.1 dst=10.0.0.1 sport=5353 dport=4000 mark=0 use=1
                udp      17 17 src=10.0.0.1 dst=10.96.0.10 sport=4001 dport=53 src=10.244.0.1 dst=10.0.0.1 sport=5353 dport=4001 [ASSURED] mark=0 zone=7 use=1
                """;

        assertThat(ConntrackProgram.parse(listing, IpFamily.IPV4))
                .containsExactly(
                        new Flow(
                                IpFamily.IPV4,
                                new Peer("10.0.0.1", 4000),
                                new Peer("10.96.0.10", 53),
                                new Peer("10.244.0.1", 5353),
                                0));
        assertThat(Stream.of("", "garbage", "udp src=x dst=y sport=1"))
                .allSatisfy(
                        text -> assertThat(ConntrackProgram.parse(text, IpFamily.IPV4)).isEmpty());
    }

    private FlowCheck change(Endpoint[] before, Endpoint[] after) {
        FlowCheck.State first = services.dns(Protocol.UDP, SERVICE, before).state();
        return FlowCheck.between(first, services.dns(Protocol.UDP, SERVICE, after).state());
    }

    private static Flow flow(String destination, int port, String server, int serverPort) {
        return new Flow(
                IpFamily.IPV4,
                new Peer("10.0.0.1", 4000),
                new Peer(destination, port),
                new Peer(server, serverPort),
                0);
    }
}
