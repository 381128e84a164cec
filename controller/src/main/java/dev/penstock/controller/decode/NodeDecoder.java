package dev.penstock.controller.decode;

import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.controller.state.ObjectMeta;
import java.util.List;

/** Reads a Node. */
final class NodeDecoder {

    /** Set by the cluster autoscaler on a node that it is about to remove. */
    private static final String LEAVING_TAINT = "ToBeDeletedByClusterAutoscaler";

    private static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private NodeDecoder() {}

    static NodeObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        boolean leaving = root.get("metadata").get("deletionTimestamp").isPresent();
        for (TreeField taint : root.get("spec").get("taints").items()) {
            leaving |= LEAVING_TAINT.equals(taint.get("key").text());
        }
        String zone = root.get("metadata").get("labels").get(ZONE_LABEL).text();
        return new NodeObject(
                meta, leaving, zone == null || zone.isEmpty() ? null : zone, findings);
    }
}
