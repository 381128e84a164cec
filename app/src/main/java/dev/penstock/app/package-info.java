/**
 * The program: {@link dev.penstock.app.Main} and nothing else. Packages below point one way:
 *
 * <pre>
 * exit      exit codes and the exception that carries one        (nobody)
 * log       where log lines go                                   (nobody)
 * source    where objects come from, as the command line says it (exit)
 * explain   why a request goes where it goes                     (nobody)
 * metrics   the control plane's figures and the JVM's            (nobody)
 * admin     the admin port                                       (explain, metrics)
 * serve     from objects to traffic; life cycle and signals      (all above)
 * echo      a backend that answers with what it received         (exit)
 * demo      echo backends, a quickstart and serve in one go      (all above)
 * cli       commands and flags                                   (all above)
 * </pre>
 */
@NullMarked
package dev.penstock.app;

import org.jspecify.annotations.NullMarked;
