package dev.penstock.e2e.kubernetes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that takes a {@link ControlPlane} as a parameter: one for all classes of a JVM. The
 * tag gives these classes a JVM of their own, which moves into a network namespace where it may.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kubernetes")
@ExtendWith(ControlPlaneExtension.class)
@interface WithControlPlane {}
