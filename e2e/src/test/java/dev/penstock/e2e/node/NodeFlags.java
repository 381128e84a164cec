package dev.penstock.e2e.node;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** With which flags beside the usual ones the program runs in a test. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface NodeFlags {
    String[] value();
}
