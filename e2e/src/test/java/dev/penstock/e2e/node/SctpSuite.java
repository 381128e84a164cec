package dev.penstock.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.node.lab.Host;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SCTP, by Python's sockets, as Java has none for it without a library of the system. */
abstract class SctpSuite extends NodeSuite {
    private static final int PORT = 7000;

    private static final String SERVER =
            """
            import socket, sys
            name, address, port = sys.argv[1:]
            family = socket.AF_INET6 if ':' in address else socket.AF_INET
            server = socket.socket(family, socket.SOCK_STREAM, 132)
            server.bind((address, int(port)))
            server.listen()
            print('listening', flush=True)
            while True:
                client, source = server.accept()
                client.sendall(f'{name} {source[0]}'.encode())
                client.close()
            """;

    private static final String CLIENT =
            """
            import socket, sys
            source, address, port = sys.argv[1:]
            family = socket.AF_INET6 if ':' in address else socket.AF_INET
            client = socket.socket(family, socket.SOCK_STREAM, 132)
            client.settimeout(5)
            try:
                client.bind((source, 0))
                client.connect((address, int(port)))
                print(client.recv(200).decode())
            except OSError as e:
                print('failed', e)
            """;

    private final List<Process> servers = new ArrayList<>();

    @BeforeEach
    final void startServers() throws IOException {
        assumeTrue(new File("/usr/bin/python3").canExecute(), "needs python3 for SCTP sockets");
        assumeTrue(new File("/proc/net/sctp").exists(), "this kernel has no SCTP");
        for (Host host : List.of(lab().b1(), lab().b3())) {
            for (String address : List.of(host.ipv4(), host.ipv6())) {
                Process server =
                        host.network()
                                .start(
                                        new ProcessBuilder(
                                                        "python3",
                                                        "-c",
                                                        SERVER,
                                                        host.name(),
                                                        address,
                                                        Integer.toString(PORT))
                                                .redirectErrorStream(true));
                servers.add(server);
                BufferedReader output = server.inputReader(UTF_8);
                assertThat(output.readLine()).isEqualTo("listening");
            }
        }
    }

    @AfterEach
    final void endServers() {
        servers.forEach(Process::destroy);
    }

    private static String ask(Host from, String address, int port) {
        return from.network()
                .run(
                        "python3",
                        "-c",
                        CLIENT,
                        from.addressLike(address),
                        address,
                        Integer.toString(port))
                .strip();
    }

    @Test
    final void associationReachesBackendsThroughClusterAddressAndNodePort() {
        int nodePort = nodeLab().nodePort();
        TestService sctp =
                service()
                        .port(new TestService.Port("sctp", "SCTP", 132, PORT, 0))
                        .tcp("tcp", 132, 8080)
                        .to(lab().b1(), lab().b3())
                        .nodePort(nodePort);
        serve(sctp);
        for (String address : sctp.clusterIps()) {
            for (Host from : List.of(lab().pod(), lab().client())) {
                List<String> answers =
                        Stream.generate(() -> ask(from, address, 132)).limit(16).toList();
                assertThat(answers)
                        .extracting(answer -> answer.split(" ", -1)[0])
                        .containsOnly("b1", "b3");
            }
            assertThat(ask(lab().client(), lab().node1().addressLike(address), nodePort))
                    .containsAnyOf("b1", "b3");
            answers(lab().pod(), address, 132);
        }
    }

    @Test
    final void serviceWithoutEndpointsIsRefused() {
        TestService sctp =
                service().port(new TestService.Port("sctp", "SCTP", 132, PORT, 0)).toNobody();
        serve(sctp);
        for (String address : sctp.clusterIps()) {
            assertThat(ask(lab().pod(), address, 132)).startsWith("failed");
        }
    }
}
