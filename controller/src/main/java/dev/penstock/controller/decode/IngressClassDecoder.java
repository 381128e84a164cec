package dev.penstock.controller.decode;

import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.IngressClassObject;
import dev.penstock.controller.state.ObjectMeta;
import java.util.List;

/** Reads an IngressClass (networking.k8s.io/v1). */
final class IngressClassDecoder {

    private IngressClassDecoder() {}

    static IngressClassObject read(TreeField root, ObjectMeta meta, List<Finding> findings) {
        TreeField controller = root.get("spec").get("controller");
        String name = controller.text();
        if (name == null) {
            controller.reject("is missing", "the class is nobody's");
        }
        boolean isDefault = "true".equals(meta.annotations().get(MetaDecoder.DEFAULT_CLASS));
        return new IngressClassObject(meta, name == null ? "" : name, isDefault, findings);
    }
}
