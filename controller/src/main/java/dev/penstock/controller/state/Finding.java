package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;

/**
 * A {@link Problem} of one object that was seen while it was read, without the object: its line
 * counts from the object's first line, so that an object that only moved in its file keeps its
 * findings.
 *
 * @param field the path of the field at fault; empty for the whole object
 * @param reason the class of the problem
 * @param message what is wrong
 * @param consequence what is done instead
 * @param lineOffset lines between the object's first line and the field's
 */
public record Finding(
        String field, ProblemReason reason, String message, String consequence, int lineOffset) {

    public Finding {
        requireNonNull(field, "field");
        requireNonNull(reason, "reason");
        requireNonNull(message, "message");
        requireNonNull(consequence, "consequence");
    }

    /** The finding as a problem of the given object. */
    public Problem on(ObjectMeta meta) {
        return new Problem(
                meta.ref(), field, reason, message, consequence, meta.locationAt(lineOffset));
    }
}
