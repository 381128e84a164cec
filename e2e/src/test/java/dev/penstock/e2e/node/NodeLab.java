package dev.penstock.e2e.node;

import dev.penstock.e2e.node.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A lab with the program in one mode, and addresses for Services that no test used before. */
final class NodeLab implements AutoCloseable {
    private static final int NODE_PORT_MIN = 30_000;

    private final NodeMode mode;
    private final Lab lab;
    private final Path folder;
    private final NodeProgram program;
    private int services;

    /** Builds the lab; the program is not started yet. */
    NodeLab(NodeMode mode) throws IOException {
        this.mode = mode;
        lab = Lab.create();
        folder = Files.createTempDirectory("penstock-node-");
        program = new NodeProgram(lab, mode, Files.createDirectory(folder.resolve("manifests")));
    }

    NodeMode mode() {
        return mode;
    }

    Lab lab() {
        return lab;
    }

    NodeProgram program() {
        return program;
    }

    /** A Service of a new name and new cluster addresses, without ports and endpoints. */
    TestService service() {
        services++;
        return new TestService(
                "service-" + services,
                List.of(
                        "10.96.%d.%d".formatted(services / 250, services % 250 + 1),
                        "fd00:96::%x".formatted(services + 0x10)));
    }

    /** A node port that no test used before, with nine more after it. */
    int nodePort() {
        services++;
        return NODE_PORT_MIN + services * 10;
    }

    /** External addresses that no test used before, of IPv4 and IPv6. */
    List<String> externalIps() {
        services++;
        return List.of(
                "198.51.100." + (services % 250 + 1), "fd00:ee::%x".formatted(services + 0x10));
    }

    @Override
    public void close() {
        program.close();
        lab.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
