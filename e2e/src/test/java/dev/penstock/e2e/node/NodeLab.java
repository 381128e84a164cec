package dev.penstock.e2e.node;

import dev.penstock.e2e.node.lab.Lab;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A lab with the program in one mode, and addresses for Services that no test used before. */
final class NodeLab implements AutoCloseable {
    private static final int NODE_PORT_MIN = 30_000;

    private final NodeMode mode;
    private final Lab lab;
    private final Path folder;
    private final NodeProgram program;
    private int services;
    private int nodePorts;

    /** Builds the lab; the program is not started yet. */
    NodeLab(NodeMode mode) throws IOException {
        this.mode = mode;
        lab = Lab.create();
        folder = Files.createTempDirectory("penstock-node-");
        program =
                new NodeProgram(
                        lab,
                        mode,
                        Files.createDirectory(folder.resolve("manifests")),
                        mode == NodeMode.IPTABLES_LEGACY ? legacyIptables() : Map.of());
    }

    /** An environment in which {@code iptables} is the older of its two back ends. */
    private Map<String, String> legacyIptables() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        for (String name : List.of("iptables", "ip6tables")) {
            for (String end : List.of("", "-save", "-restore")) {
                Files.createSymbolicLink(
                        programs.resolve(name + end), program(name + "-legacy" + end));
            }
        }
        return pathWith(programs);
    }

    private static Map<String, String> pathWith(Path programs) {
        return Map.of("PATH", programs + File.pathSeparator + System.getenv("PATH"));
    }

    private static Path program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    /** A file whose existence makes iptables-restore fail, in {@link #withFailingIptables}. */
    Path iptablesFailure() {
        return folder.resolve("fail");
    }

    /** An environment in which iptables-restore works unless {@link #iptablesFailure} exists. */
    Map<String, String> withFailingIptables() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("wrapped"));
        String backend = mode == NodeMode.IPTABLES_LEGACY ? "-legacy" : "-nft";
        for (String name : List.of("iptables", "ip6tables")) {
            for (String end : List.of("", "-save", "-restore")) {
                Path wrapper = programs.resolve(name + end);
                Files.writeString(
                        wrapper,
                        """
                        #!/bin/sh
                        if [ -e %s ]; then case $0 in
                          *-restore) echo "line 1 failed on purpose" >&2; exit 1 ;;
                        esac; fi
                        exec %s "$@"
                        """
                                .formatted(iptablesFailure(), program(name + backend + end)));
                Files.setPosixFilePermissions(
                        wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        return pathWith(programs);
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
        nodePorts++;
        return NODE_PORT_MIN + nodePorts * 10;
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
