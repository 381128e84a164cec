package dev.penstock.controller.manifest;

import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a file held when it was last read, document by document.
 *
 * @param parts its parts, in order
 * @param retained objects of an earlier version that are kept because a part of this one could not
 *     be read, so that nobody knows whether they are gone
 * @param isBroken whether a part could not be read
 */
record ParsedFile(List<Part> parts, List<KubernetesObject> retained, boolean isBroken) {

    /** A file that is not there. */
    static final ParsedFile EMPTY = new ParsedFile(List.of(), List.of(), false);

    ParsedFile {
        parts = List.copyOf(parts);
        retained = List.copyOf(retained);
    }

    /**
     * One or more documents.
     *
     * @param digest of their text
     * @param firstLine the line they begin at, counted from 1
     * @param firstOrdinal the position in the file of their first object
     * @param objects what they define
     * @param problems what could not be read of them
     * @param size how many positions they take
     */
    record Part(
            TextDigest digest,
            int firstLine,
            int firstOrdinal,
            List<KubernetesObject> objects,
            List<Problem> problems,
            int size) {
        Part {
            objects = List.copyOf(objects);
            problems = List.copyOf(problems);
        }

        /** The same part with other problems. */
        Part withProblems(List<Problem> others) {
            return new Part(digest, firstLine, firstOrdinal, objects, others, size);
        }
    }

    /** All objects, in the file's order, then those of an earlier version. */
    List<KubernetesObject> objects() {
        List<KubernetesObject> objects = new ArrayList<>();
        parts.forEach(part -> objects.addAll(part.objects));
        objects.addAll(retained);
        return objects;
    }

    /** The objects of an earlier version that this one no longer has. */
    List<KubernetesObject> missingFrom(ParsedFile before) {
        Set<ObjectRef> here = new HashSet<>();
        parts.forEach(part -> part.objects.forEach(object -> here.add(object.ref())));
        List<KubernetesObject> missing = new ArrayList<>();
        for (KubernetesObject object : before.objects()) {
            if (!here.contains(object.ref())) {
                missing.add(object);
            }
        }
        return missing;
    }

    /** The same file with objects of an earlier version. */
    ParsedFile retaining(List<KubernetesObject> objects) {
        return new ParsedFile(parts, objects, isBroken);
    }

    /** All that could not be read. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        parts.forEach(part -> problems.addAll(part.problems));
        return problems;
    }
}
