/**
 * Two nodes with pods and two clients outside, as network namespaces of the test: real packets, and
 * nothing of it seen by the machine. Entry type: {@link dev.penstock.e2e.node.lab.Lab}.
 *
 * <p>Any thread may use a lab, though a test changes what is served on one.
 */
@NullMarked
package dev.penstock.e2e.node.lab;

import org.jspecify.annotations.NullMarked;
