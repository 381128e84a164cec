package dev.penstock.bench.program;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that makes the Services of a node work.
 *
 * @param name for the table
 * @param serve the command line, but for the mode
 * @param modeFlag the flag that takes the mode
 * @param cleanup the command line that removes what it made
 * @param log what it prints goes there
 */
record NodeProgram(
        String name, List<String> serve, String modeFlag, List<String> cleanup, Path log) {

    static final String NODE_NAME = "node1";

    private static final int END_SECONDS = 30;
    private static final int CLEANUP_MINUTES = 10;

    /** Penstock, from this checkout. */
    static NodeProgram penstock(ServiceStore store, Path log) {
        String launcher = Launcher.find().toString();
        List<String> serve = new ArrayList<>(List.of(launcher, "node"));
        serve.addAll(store.flags());
        serve.addAll(
                List.of(
                        "--node-name",
                        NODE_NAME,
                        "--cluster-cidr",
                        NodeServices.POD_CIDR,
                        "--healthz-address",
                        "127.0.0.1:10256"));
        return new NodeProgram(
                "penstock", serve, "--mode", List.of(launcher, "node", "--cleanup"), log);
    }

    /** kube-proxy, with its defaults but for limits of the whole machine. */
    static NodeProgram kubeProxy(Path program, ClusterStore store, Path log) {
        return new NodeProgram(
                "kube-proxy",
                List.of(
                        program.toString(),
                        "--kubeconfig",
                        store.kubeconfig().toString(),
                        "--hostname-override",
                        NODE_NAME,
                        "--cluster-cidr",
                        NodeServices.POD_CIDR,
                        "--healthz-bind-address",
                        "127.0.0.1:10256",
                        "--conntrack-max-per-core",
                        "0"),
                "--proxy-mode",
                List.of(program.toString(), "--cleanup"),
                log);
    }

    Process start(String mode) throws IOException {
        List<String> command = new ArrayList<>(serve);
        command.add(modeFlag);
        command.add(mode);
        return process(command);
    }

    /** Ends a process of this program, and removes what it made. */
    void stop(Process process) throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        Process remover = process(cleanup);
        if (!remover.waitFor(CLEANUP_MINUTES, TimeUnit.MINUTES)) {
            remover.destroyForcibly().waitFor();
            throw new IOException(name + " does not end its cleanup");
        }
    }

    private Process process(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }
}
