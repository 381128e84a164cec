package dev.penstock.controller.decode;

import dev.penstock.controller.state.ConfigMapObject;
import dev.penstock.controller.state.EndpointSliceObject;
import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.IngressClassObject;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one object's tree. Safe for any thread. */
public final class ObjectDecoder {

    private static final String NOT_READ = "the object is not read";
    private static final String UNNAMED = "(unnamed)";

    private static final String NETWORKING = "networking.k8s.io/v1";
    private static final String CORE = "v1";
    private static final String DISCOVERY = "discovery.k8s.io/v1";

    /** The kinds that are read. */
    private static final Map<String, Kind> KINDS =
            Map.of(
                    IngressObject.KIND,
                    new Kind(NETWORKING, true, Set.of("extensions"), IngressDecoder::read),
                    IngressClassObject.KIND,
                    new Kind(NETWORKING, false, Set.of(), IngressClassDecoder::read),
                    ServiceObject.KIND,
                    new Kind(CORE, true, Set.of(), ServiceDecoder::read),
                    EndpointSliceObject.KIND,
                    new Kind(DISCOVERY, true, Set.of(), EndpointSliceDecoder::read),
                    EndpointSliceObject.ENDPOINTS_KIND,
                    new Kind(CORE, true, Set.of(), EndpointsDecoder::read),
                    SecretObject.KIND,
                    new Kind(CORE, true, Set.of(), SecretDecoder::read),
                    ConfigMapObject.KIND,
                    new Kind(CORE, true, Set.of(), ConfigMapDecoder::read),
                    NodeObject.KIND,
                    new Kind(CORE, false, Set.of(), NodeDecoder::read));

    private final StringTable strings = new StringTable();

    /** Reads the fields of one kind. */
    @FunctionalInterface
    interface KindDecoder {
        /**
         * Reads an object.
         *
         * @param root the whole object
         * @param meta its metadata
         * @param findings what is wrong with it; complete once the object is built
         */
        KubernetesObject read(TreeField root, ObjectMeta meta, List<Finding> findings);
    }

    /**
     * How a kind is told apart and read.
     *
     * @param apiVersion the only version that is read
     * @param formerGroups API groups the kind was in before
     */
    private record Kind(
            String apiVersion, boolean namespaced, Set<String> formerGroups, KindDecoder decoder) {

        /** Whether an apiVersion means this very kind, though in a version of long ago. */
        boolean isFormer(String other) {
            String group = group(other);
            return group.equals(group(apiVersion)) || formerGroups.contains(group);
        }

        private static String group(String apiVersion) {
            int slash = apiVersion.indexOf('/');
            return slash < 0 ? "" : apiVersion.substring(0, slash);
        }
    }

    /**
     * Reads one object. A {@code List} is not one: its items are read one by one.
     *
     * @param tree a {@code Map<String, ?>} of maps, lists, strings, booleans and numbers, any of
     *     them in a {@link Located}
     * @param origin where it came from
     */
    public Decoded decode(@Nullable Object tree, Origin origin) {
        SourceLocation location = origin.location();
        List<Finding> findings = new ArrayList<>();
        TreeField root =
                TreeField.root(tree, findings, strings, location == null ? 1 : location.line());
        if (!(root.raw() instanceof Map)) {
            return refused(
                    "Object", "", UNNAMED, "is no Kubernetes object (expected: a map)", location);
        }
        String apiVersion = root.get("apiVersion").textOr("");
        String kindName = root.get("kind").textOr("");
        if (kindName.isEmpty() || apiVersion.isEmpty()) {
            String missing = kindName.isEmpty() ? "kind" : "apiVersion";
            return refused(
                    kindName.isEmpty() ? "Object" : kindName,
                    MetaDecoder.namespace(root),
                    root.get("metadata").get("name").textOr(UNNAMED),
                    missing + " is missing",
                    location);
        }
        Kind kind = KINDS.get(kindName);
        if (kind == null || !(kind.apiVersion.equals(apiVersion) || kind.isFormer(apiVersion))) {
            return new Decoded.Ignored(apiVersion, kindName);
        }
        if (!kind.apiVersion.equals(apiVersion)) {
            return refused(
                    kindName,
                    kind.namespaced ? MetaDecoder.namespace(root) : "",
                    root.get("metadata").get("name").textOr(UNNAMED),
                    "apiVersion "
                            + apiVersion
                            + " is not supported (expected: "
                            + kind.apiVersion
                            + ")",
                    location);
        }
        ObjectMeta meta = MetaDecoder.read(root, kindName, kind.namespaced, origin);
        if (meta == null) {
            return refused(
                    kindName,
                    kind.namespaced ? MetaDecoder.namespace(root) : "",
                    UNNAMED,
                    "metadata.name is missing",
                    location);
        }
        return new Decoded.Accepted(kind.decoder.read(root, meta, findings));
    }

    private static Decoded refused(
            String kind,
            String namespace,
            String name,
            String message,
            @Nullable SourceLocation location) {
        return new Decoded.Refused(
                new Problem(
                        new ObjectRef(kind, namespace, name),
                        "",
                        ProblemReason.Unreadable,
                        message,
                        NOT_READ,
                        location));
    }
}
