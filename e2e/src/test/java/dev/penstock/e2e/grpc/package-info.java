/** gRPC through the whole program, with grpc-java on both sides. */
@NullMarked
package dev.penstock.e2e.grpc;

import org.jspecify.annotations.NullMarked;
