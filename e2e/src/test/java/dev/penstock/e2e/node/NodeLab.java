package dev.penstock.e2e.node;

import dev.penstock.e2e.node.lab.Lab;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
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

    /** A file whose existence makes changes fail, in {@link #withFailingPrograms}. */
    Path failure() {
        return folder.resolve("fail");
    }

    /**
     * An environment in which the programs that change rules work unless {@link #failure} exists.
     */
    Map<String, String> withFailingPrograms() throws IOException {
        String script =
                """
                if [ -e %s ]; then echo 'line 1 failed on purpose' >&2; exit 1; fi
                unset LD_LIBRARY_PATH
                """
                        .formatted(failure());
        Path programs = wrapIptables("failing", script + "exec %s \"$@\"\n");
        write(programs.resolve("nft"), script + "exec " + program("nft") + " \"$@\"\n");
        // What is no library cannot be loaded, which leaves the program.
        Files.createFile(programs.resolve("libnftables.so.1"));
        Map<String, String> environment = new HashMap<>(pathWith(programs));
        environment.put("LD_LIBRARY_PATH", programs.toString());
        return environment;
    }

    /** An environment in which iptables takes no rules for SCTP, as without the kernel's module. */
    Map<String, String> withIptablesWithoutSctp() throws IOException {
        return pathWith(
                wrapIptables(
                        "without-sctp",
                        """
                        input=$(cat)
                        case $input in *'-m sctp'*)
                          echo 'Extension sctp revision 0 not supported, missing kernel module?' >&2
                          exit 1 ;;
                        esac
                        printf '%%s\\n' "$input" | %s "$@"
                        """));
    }

    /**
     * The programs of the mode's iptables in a folder of their own.
     *
     * @param restore what is run in place of those that restore, with a place for their path
     */
    private Path wrapIptables(String name, String restore) throws IOException {
        Path programs = Files.createDirectory(folder.resolve(name));
        String backend = mode == NodeMode.IPTABLES_LEGACY ? "-legacy" : "-nft";
        for (String family : List.of("iptables", "ip6tables")) {
            for (String end : List.of("", "-save", "-restore")) {
                String script = end.equals("-restore") ? restore : "exec %s \"$@\"\n";
                write(
                        programs.resolve(family + end),
                        script.formatted(program(family + backend + end)));
            }
        }
        return programs;
    }

    private static void write(Path program, String script) throws IOException {
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
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
