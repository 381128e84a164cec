package dev.penstock.e2e.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the control plane before the first class that asks for it; ends it with the last. */
final class ControlPlaneExtension implements BeforeAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace STORE =
            ExtensionContext.Namespace.create(ControlPlaneExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        // The first thing, on JUnit's own thread, so that all else comes to be inside.
        PodNetwork.enter();
        controlPlane(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ControlPlane.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return controlPlane(context);
    }

    private static ControlPlane controlPlane(ExtensionContext context) {
        // The store closes what it holds at the end of the run.
        return context.getRoot()
                .getStore(STORE)
                .computeIfAbsent(ControlPlane.class, _ -> start(), ControlPlane.class);
    }

    private static ControlPlane start() {
        try {
            return ControlPlane.start(ControlPlanePrograms.find());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
