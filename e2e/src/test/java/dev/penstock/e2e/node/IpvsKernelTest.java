package dev.penstock.e2e.node;

import dev.penstock.l4.ipvs.VmSuite;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The tests of nodes that need a kernel with ip_vs: those tagged {@code ipvs}. */
@EnabledOnOs(OS.LINUX)
final class IpvsKernelTest {

    @TempDir static Path reports;

    @TestFactory
    Stream<DynamicTest> packetsGoWhereTheModeWantsThem() throws Exception {
        return VmSuite.run("e2e", "ipvs", reports);
    }
}
