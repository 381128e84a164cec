package dev.penstock.model;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with an object, and what is done instead. A problem never stops the rest
 * from being served; it is shown as a Kubernetes Event, in the log, at the admin port and by {@code
 * penstock check}.
 *
 * @param object the object that is at fault
 * @param field the path of the field at fault, as in {@code spec.rules[0].http.paths[1].backend};
 *     empty for the whole object
 * @param reason the class of the problem; its name is the Event's reason and a metric's label
 * @param message what is wrong, in one line without a trailing full stop
 * @param consequence what is done instead, in one line without a trailing full stop
 * @param location the file and line of the object where it came from a manifest
 */
public record Problem(
        ObjectRef object,
        String field,
        ProblemReason reason,
        String message,
        String consequence,
        @Nullable SourceLocation location) {

    public Problem {
        requireNonNull(object, "object");
        requireNonNull(field, "field");
        requireNonNull(reason, "reason");
        requireNonNull(message, "message");
        requireNonNull(consequence, "consequence");
    }

    /** The same problem with something else done instead. */
    public Problem withConsequence(String other) {
        return new Problem(object, field, reason, message, other, location);
    }

    /** The problem in one line, as the log and {@code check} print it, without its location. */
    public String summary() {
        String at = field.isEmpty() ? "" : " " + field;
        return object + at + ": " + message + (consequence.isEmpty() ? "" : "; " + consequence);
    }
}
