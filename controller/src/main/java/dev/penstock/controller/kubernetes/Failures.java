package dev.penstock.controller.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says in a few words why a request to the API server failed. */
public final class Failures {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final int LONGEST = 300;

    private Failures() {}

    /** The cause in one line, without class names where there are words. */
    public static String describe(Throwable failure) {
        KubernetesClientException answer = answer(failure);
        if (answer != null && answer.getCode() == UNAUTHORIZED) {
            return "the API server does not know the account (401 Unauthorized):"
                    + " the token or certificate is wrong or has expired";
        }
        if (answer != null && answer.getCode() > 0) {
            return oneLine(statusMessage(answer) + " (" + answer.getCode() + ")");
        }
        Throwable root = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            root = t;
            if (t instanceof ConnectException && t.getMessage() == null) {
                // What is below is how the JDK's client came to know.
                return "connection refused";
            }
        }
        return oneLine(words(root));
    }

    /**
     * Whether the API server answered, and what it objects to is this one request: others may do
     * better. An unknown account or too many requests concern all.
     */
    public static boolean isAboutRequest(Throwable failure) {
        int code = code(failure);
        return code >= 400 && code < 500 && code != UNAUTHORIZED && code != TOO_MANY;
    }

    /** Whether the API server understood the request and the account may not do it. */
    public static boolean isForbidden(Throwable failure) {
        KubernetesClientException answer = answer(failure);
        return answer != null && answer.getCode() == FORBIDDEN;
    }

    /** The HTTP status of the API server's answer; 0 when there was none. */
    static int code(Throwable failure) {
        KubernetesClientException answer = answer(failure);
        return answer == null ? 0 : answer.getCode();
    }

    /** The last exception of the chain that carries an answer's status. */
    private static @Nullable KubernetesClientException answer(Throwable failure) {
        KubernetesClientException found = null;
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 20; t = t.getCause(), depth++) {
            if (t instanceof KubernetesClientException e && (found == null || e.getCode() > 0)) {
                found = e;
            }
        }
        return found;
    }

    private static String statusMessage(KubernetesClientException answer) {
        Status status = answer.getStatus();
        if (status != null && status.getMessage() != null && !status.getMessage().isEmpty()) {
            return status.getMessage();
        }
        return answer.getMessage() == null ? "refused" : answer.getMessage();
    }

    private static String words(Throwable root) {
        String message = root.getMessage();
        String name = root.getClass().getSimpleName().replaceAll("(Exception|Error)$", "");
        String type = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        if (message == null || message.isBlank()) {
            return type;
        }
        // "Connection refused" speaks for itself; "api.example.com" of an unknown host does not.
        return message.indexOf(' ') >= 0 ? message : type + ": " + message;
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
