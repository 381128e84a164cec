package dev.penstock.controller.manifest;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.controller.decode.Located;
import dev.penstock.controller.decode.ObjectDecoder;
import dev.penstock.controller.decode.Origin;
import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.SourceLocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a file's text into objects; what did not change since the last time is not parsed again.
 */
final class ManifestParser {

    /** The kind of the references by which problems name a file. */
    static final String FILE_KIND = "File";

    private static final Logger log = LoggerFactory.getLogger(ManifestParser.class);

    private static final String KEPT_PART =
            "its last good version stays in use; other documents of the file are read";
    private static final String LOST_PART =
            "this document is not used; other documents of the file are read";
    private static final String KEPT_FILE = "the last good version stays in use";
    private static final String LOST_FILE = "nothing of it is used";
    private static final int LIST_DEPTH_MAX = 4;

    private final ObjectDecoder decoder = new ObjectDecoder();

    /**
     * Reads a file.
     *
     * @param file its name relative to the directory; one instance a file, kept by every object
     * @param text its whole text
     * @param before what it held before
     */
    ParsedFile parse(String file, String text, ParsedFile before) {
        Map<TextDigest, ParsedFile.Part> known = new HashMap<>();
        before.parts().forEach(part -> known.putIfAbsent(part.digest(), part));
        List<ParsedFile.Part> parts = new ArrayList<>();
        boolean broken = false;
        int ordinal = 0;
        for (DocumentSplitter.Part part : DocumentSplitter.split(text)) {
            TextDigest digest = TextDigest.of(part.text());
            ParsedFile.Part same = known.get(digest);
            ParsedFile.Part next;
            if (same != null && same.problems().isEmpty()) {
                next = moved(same, part.firstLine(), ordinal);
            } else {
                PartReader reader = new PartReader(file, part.firstLine(), ordinal);
                broken |= !reader.read(part.text());
                next = reader.result(digest);
            }
            parts.add(next);
            ordinal += next.size();
        }
        ParsedFile read = new ParsedFile(parts, List.of(), broken);
        return broken && read.missingFrom(before).isEmpty() ? withoutEarlierVersion(read) : read;
    }

    /** A broken file of which no earlier version has anything to offer. */
    private static ParsedFile withoutEarlierVersion(ParsedFile read) {
        List<ParsedFile.Part> parts = new ArrayList<>(read.parts());
        parts.replaceAll(part ->
                part.withProblems(
                        part.problems().stream()
                                .map(problem ->
                                        problem.consequence().equals(KEPT_PART)
                                                ? problem.withConsequence(LOST_PART)
                                                : problem)
                                .toList()));
        return new ParsedFile(parts, List.of(), true);
    }

    /**
     * A file that could not be read at all, such as for want of permission.
     *
     * @param before what it held before
     */
    static ParsedFile unreadable(String file, String message, ParsedFile before) {
        String consequence = before.objects().isEmpty() ? LOST_FILE : KEPT_FILE;
        ParsedFile.Part part =
                new ParsedFile.Part(
                        new TextDigest(0, 0),
                        1,
                        0,
                        List.of(),
                        List.of(fileProblem(file, 1, message, consequence)),
                        0);
        return new ParsedFile(List.of(part), List.of(), true);
    }

    private static Problem fileProblem(String file, int line, String message, String consequence) {
        return new Problem(
                new ObjectRef(FILE_KIND, "", file),
                "",
                ProblemReason.Unreadable,
                message,
                consequence,
                new SourceLocation(file, line));
    }

    private static ParsedFile.Part moved(ParsedFile.Part part, int firstLine, int firstOrdinal) {
        int lines = firstLine - part.firstLine();
        int ordinals = firstOrdinal - part.firstOrdinal();
        if (lines == 0 && ordinals == 0) {
            return part;
        }
        List<KubernetesObject> objects = new ArrayList<>(part.objects().size());
        for (KubernetesObject object : part.objects()) {
            SourceLocation at = object.meta().locationAt(lines);
            objects.add(
                    object.withMeta(object.meta().movedTo(at, object.meta().ordinal() + ordinals)));
        }
        return new ParsedFile.Part(
                part.digest(), firstLine, firstOrdinal, objects, List.of(), part.size());
    }

    /** Reads the documents of one part. */
    private final class PartReader {

        private final String file;
        private final int firstLine;
        private final int firstOrdinal;
        private final List<KubernetesObject> objects = new ArrayList<>(1);
        private final List<Problem> problems = new ArrayList<>(0);
        private int size;

        PartReader(String file, int firstLine, int firstOrdinal) {
            this.file = file;
            this.firstLine = firstLine;
            this.firstOrdinal = firstOrdinal;
        }

        /** Whether the text could be read; what is wrong with its objects is another matter. */
        boolean read(String text) {
            try {
                for (Located root : YamlTree.read(text, firstLine)) {
                    add(root, 0);
                }
                return true;
            } catch (ManifestSyntaxException e) {
                problems.add(
                        fileProblem(file, e.line(), String.valueOf(e.getMessage()), KEPT_PART));
                return false;
            }
        }

        ParsedFile.Part result(TextDigest digest) {
            return new ParsedFile.Part(digest, firstLine, firstOrdinal, objects, problems, size);
        }

        private void add(Located root, int depth) {
            List<?> items = depth < LIST_DEPTH_MAX ? listItems(root) : null;
            if (items != null) {
                for (Object item : items) {
                    add((Located) item, depth + 1);
                }
                return;
            }
            Origin origin =
                    new Origin(new SourceLocation(file, root.line()), firstOrdinal + size++);
            switch (decoder.decode(root, origin)) {
                case Decoded.Accepted(KubernetesObject object) -> objects.add(object);
                case Decoded.Refused(Problem problem) -> problems.add(problem);
                case Decoded.Ignored ignored ->
                        log.debug("{}: not a kind that is read: {}", origin.location(), ignored);
            }
        }

        /** The items of a {@code List}, or of a typed one such as {@code IngressList}. */
        private static @Nullable List<?> listItems(Located root) {
            return root.value() instanceof Map<?, ?> map
                            && map.get("kind") instanceof Located(String kind, int _)
                            && kind.endsWith("List")
                            && map.get("items") instanceof Located(List<?> items, int _)
                    ? items
                    : null;
        }
    }
}
