package dev.penstock.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds every module to the shape that docs/architecture.md describes. */
class ArchitectureTest {

    /** What each module may know beside itself, the JDK and JSpecify. */
    private static final Map<String, List<String>> MODULES =
            Map.of(
                    "model", List.of(),
                    "routing", List.of("model"),
                    "tls", List.of("model"),
                    "l4", List.of("model"),
                    "proxy", List.of("model", "routing", "tls", "l4"),
                    "controller", List.of("model", "tls"),
                    "app", List.of("model", "routing", "tls", "l4", "proxy", "controller"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.penstock");

    @Test
    void everyModuleWasRead() {
        assertThat(new TreeSet<>(MODULES.keySet()))
                .allSatisfy(module ->
                        assertThat(CLASSES.containPackage("dev.penstock." + module))
                                .as(module)
                                .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "routing", "tls", "l4", "proxy", "controller", "app"})
    void modulesKnowOnlyThoseBelowThem(String module) {
        List<String> allowed = MODULES.getOrDefault(module, List.of());
        String[] others =
                MODULES.keySet().stream()
                        .filter(other -> !other.equals(module) && !allowed.contains(other))
                        .map(other -> "dev.penstock." + other + "..")
                        .toArray(String[]::new);
        if (others.length > 0) {
            check(
                    noClasses()
                            .that()
                            .resideInAPackage("dev.penstock." + module + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(others));
        }
    }

    @Test
    void controllerKnowsOfTlsOnlyHowToJudgeACertificate() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.penstock.controller..")
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage("dev.penstock.tls..")
                                        .and(
                                                JavaClass.Predicates.resideOutsideOfPackage(
                                                        "dev.penstock.tls.pem.."))));
    }

    @Test
    void packagesAreFreeOfCycles() {
        check(slices().matching("dev.penstock.(**)").should().beFreeOfCycles());
    }

    @Test
    void modelAndRoutingKnowTheJdkOnly() {
        check(
                classes()
                        .that()
                        .resideInAnyPackage("dev.penstock.model..", "dev.penstock.routing..")
                        .should()
                        .onlyDependOnClassesThat(
                                resideInAnyPackage(
                                        "java..",
                                        "org.jspecify.annotations",
                                        "dev.penstock.model..",
                                        "dev.penstock.routing..")));
    }

    @Test
    void onlyTheControllerTalksToKubernetes() {
        only("io.fabric8..", "dev.penstock.controller..");
        only("org.snakeyaml..", "dev.penstock.controller..");
    }

    @Test
    void nettyStaysInTheDataPlane() {
        only(
                "io.netty..",
                "dev.penstock.proxy..",
                "dev.penstock.tls.context..",
                "dev.penstock.l4..");
    }

    @Test
    void onlyPemReadingKnowsBouncyCastle() {
        only("org.bouncycastle..", "dev.penstock.tls.pem..");
    }

    @Test
    void onlyTheCommandLineKnowsPicocli() {
        only("picocli..", "dev.penstock.app.cli..");
    }

    @Test
    void onlyWhatSendsTracesKnowsOpenTelemetry() {
        only("io.opentelemetry..", "dev.penstock.app.tracing..");
    }

    @Test
    void whatIsPureDoesNotLog() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "dev.penstock.model..",
                                "dev.penstock.routing..",
                                "dev.penstock.controller.translate..",
                                "dev.penstock.app.explain..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.slf4j.."));
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        assertThat(CLASSES.stream().map(JavaClass::getPackage).distinct())
                .allSatisfy(
                        name -> assertThat(hasMarkedPackageInfo(name)).as(name.getName()).isTrue());
    }

    private static boolean hasMarkedPackageInfo(JavaPackage name) {
        return name.tryGetPackageInfo()
                .filter(marked -> marked.isAnnotatedWith(NullMarked.class))
                .isPresent();
    }

    private static void only(String library, String... users) {
        check(
                noClasses()
                        .that(
                                resideInAPackage("dev.penstock..")
                                        .and(JavaClass.Predicates.resideOutsideOfPackages(users)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(library));
    }

    /** A module that has no classes yet breaks no rule. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }
}
