package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Manifests that are wrong: one clear line each, and everything else is served as before. */
abstract class BadInputSuite extends NodeSuite {

    private void saysInOneLine(String... words) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(program().process().output())
                                .filteredOn(line -> Arrays.stream(words).allMatch(line::contains))
                                .isNotEmpty());
        assertThat(program().process().output()).noneMatch(line -> line.startsWith("\tat "));
    }

    @Test
    final void clusterAddressOfTwoServicesBelongsToTheFirst() {
        TestService first = web(lab().b1());
        TestService second =
                new TestService("z-" + first.name(), first.clusterIps())
                        .tcp("http", 80, 8080)
                        .to(lab().b3());
        TestService other = web(lab().b3());
        serve(first);
        serve(first, second, other);
        for (String address : first.clusterIps()) {
            assertThat(reached(lab().pod(), address, 80)).containsExactly("b1");
            saysInOneLine(second.name(), first.name(), address);
        }
        answers(lab().pod(), other.clusterIps().getFirst(), 80);
    }

    @Test
    final void nodePortOfTwoServicesBelongsToTheFirst() {
        int port = nodeLab().nodePort();
        TestService first = web(lab().b1()).nodePort(port);
        TestService shared = web(lab().b3());
        TestService second =
                new TestService("z-" + first.name(), shared.clusterIps())
                        .tcp("http", 80, 8080)
                        .to(lab().b3())
                        .nodePort(port);
        serve(first, second);
        for (String family : first.clusterIps()) {
            assertThat(reached(lab().client(), lab().node1().addressLike(family), port))
                    .containsExactly("b1");
        }
        saysInOneLine(second.name(), Integer.toString(port));
        answers(lab().pod(), second.clusterIps().getFirst(), 80);
    }

    @Test
    final void endpointOfTheWrongFamilyIsLeftOutAndNamed() {
        TestService web =
                web().to(
                                TestEndpoint.of(lab().b1()),
                                TestEndpoint.at("fd00:244:0:9::9", "10.244.9.9", "node1"));
        serve(web);
        for (String address : web.clusterIps()) {
            assertThat(reached(lab().pod(), address, 80)).containsExactly("b1");
        }
        saysInOneLine(web.name(), "fd00:244:0:9::9");
        saysInOneLine(web.name(), "10.244.9.9");
    }

    @Test
    final void portZeroIsNamedAndOtherServicesAreServed() {
        TestService zero = service().tcp("zero", 0, 8080).to(lab().b1());
        TestService web = web(lab().b1());
        serve(web, zero);
        answers(lab().pod(), web.clusterIps().getFirst(), 80);
        saysInOneLine(zero.name(), "port", "0");
    }

    @Test
    final void emptySelectorIsNoReasonNotToServeTheEndpointsThereAre() {
        TestService web = web(lab().b1()).spec("selector: {}");
        serve(web);
        web.clusterIps().forEach(address -> answers(lab().pod(), address, 80));
    }

    @Test
    final void garbledManifestLeavesTheLastGoodRules() {
        TestService web = web(lab().b1());
        serve(web);
        program().writeGarbled("garbled.yaml", "apiVersion: v1\nkind: Service\nspec: {ports: [\n");
        try {
            saysInOneLine("garbled.yaml");
            TestService other = web(lab().b3());
            serve(web, other);
            for (int family = 0; family < 2; family++) {
                answers(lab().pod(), web.clusterIps().get(family), 80);
                answers(lab().pod(), other.clusterIps().get(family), 80);
            }
        } finally {
            program().remove("garbled.yaml");
        }
    }

    @Test
    final void fileThatBecomesGarbledKeepsWhatItSaidBefore() {
        TestService web = web(lab().b1());
        serve(web);
        program().writeGarbled("services.yaml", "kind: Service\nspec: {ports: [\n");
        saysInOneLine("services.yaml");
        for (String address : web.clusterIps()) {
            answers(lab().pod(), address, 80);
        }
        serve(web);
    }

    @Test
    final void protocolThatCannotBeServedIsNamedAndOtherServicesAreServed() throws IOException {
        assumeTrue(
                mode().isIptables() || mode() == NodeMode.USERSPACE,
                "nothing that may be missing keeps " + mode() + " mode from serving SCTP");
        TestService web = web(lab().b1());
        TestService sctp = service().sctp("sctp", 80, 8080).tcp("tcp", 80, 8080).to(lab().b1());
        program().stop();
        if (mode().isIptables()) {
            program().startWith(nodeLab().withIptablesWithoutSctp());
        } else {
            program().start();
        }
        serve(web, sctp);
        for (int family = 0; family < 2; family++) {
            String address = sctp.clusterIps().get(family);
            answers(lab().pod(), address, 80);
            answers(lab().pod(), web.clusterIps().get(family), 80);
        }
        assertThat(program().process().output())
                .filteredOn(line -> line.contains(sctp.name() + ":sctp is not served: "))
                .hasSize(1);
        program().stop();
    }
}
