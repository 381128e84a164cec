package dev.penstock.e2e.kubernetes;

import dev.penstock.e2e.harness.GoPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where {@code e2e/k8s/build.sh} has put, or now puts, the programs of the control plane. */
record ControlPlanePrograms(Path directory) {

    /** Builds what is missing, or aborts the calling test with what to do about it. */
    static ControlPlanePrograms find() throws IOException, InterruptedException {
        return new ControlPlanePrograms(
                GoPrograms.find(
                        "k8s",
                        "no API server to test against",
                        List.of("etcd", "kube-apiserver", "kubectl")));
    }

    Path path(String program) {
        return directory.resolve(program);
    }
}
