package dev.penstock.e2e.node;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Makes the lab of a {@link NodeTest} when its first test asks for it. */
final class NodeLabExtension
        implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {

    private static final ExtensionContext.Namespace STORE =
            ExtensionContext.Namespace.create(NodeLabExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        NodeMode mode = modeOf(context);
        if (!NetworkNamespace.isPossible()) {
            return ConditionEvaluationResult.disabled("needs root on Linux, for namespaces");
        }
        for (String program : mode.programs()) {
            if (!isOnPath(program)) {
                return ConditionEvaluationResult.disabled("needs the program " + program);
            }
        }
        if (mode == NodeMode.IPVS && !hasIpvs()) {
            return ConditionEvaluationResult.disabled("this kernel has no ip_vs");
        }
        return ConditionEvaluationResult.enabled("the machine has what the mode needs");
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }

    private static boolean hasIpvs() {
        return new File("/proc/net/ip_vs").exists();
    }

    private static NodeMode modeOf(ExtensionContext context) {
        return top(context).getRequiredTestClass().getAnnotation(NodeTest.class).value();
    }

    /** The context of the outermost class, which all its suites share a lab in. */
    private static ExtensionContext top(ExtensionContext context) {
        ExtensionContext top = context;
        for (ExtensionContext at = context;
                at.getTestClass().isPresent();
                at = at.getParent().orElseThrow()) {
            top = at;
        }
        return top;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == NodeLab.class;
    }

    @Override
    public NodeLab resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return top(context)
                .getStore(STORE)
                .computeIfAbsent(NodeLab.class, _ -> create(modeOf(context)), NodeLab.class);
    }

    private static NodeLab create(NodeMode mode) {
        try {
            return new NodeLab(mode);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says what the program last printed when a test failed. */
    @Override
    public void afterTestExecution(ExtensionContext context) {
        NodeLab nodeLab = top(context).getStore(STORE).get(NodeLab.class, NodeLab.class);
        if (context.getExecutionException().isPresent() && nodeLab != null) {
            context.publishReportEntry("program", nodeLab.program().lastOutput());
        }
    }
}
