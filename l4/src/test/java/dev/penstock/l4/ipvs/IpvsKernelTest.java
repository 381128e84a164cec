package dev.penstock.l4.ipvs;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The tests of this module that need a kernel with ip_vs: those tagged {@code ipvs}. */
@EnabledOnOs(OS.LINUX)
class IpvsKernelTest {

    @TempDir static Path reports;

    @TestFactory
    Stream<DynamicTest> theKernelDoesWhatTheModeWants() throws Exception {
        return VmSuite.run("l4", "ipvs", reports);
    }
}
