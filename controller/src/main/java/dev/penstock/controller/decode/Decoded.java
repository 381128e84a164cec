package dev.penstock.controller.decode;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.model.Problem;

/** What became of one object. */
public sealed interface Decoded {

    /**
     * An object of a kind that is read; its findings say what of it is left out.
     *
     * @param object the object
     */
    record Accepted(KubernetesObject object) implements Decoded {
        public Accepted {
            requireNonNull(object, "object");
        }
    }

    /**
     * An object of a kind that Penstock has no use for.
     *
     * @param apiVersion its {@code apiVersion}
     * @param kind its {@code kind}
     */
    record Ignored(String apiVersion, String kind) implements Decoded {
        public Ignored {
            requireNonNull(apiVersion, "apiVersion");
            requireNonNull(kind, "kind");
        }
    }

    /**
     * Something that is no object, has no name, or has an {@code apiVersion} of long ago.
     *
     * @param problem why it is not read
     */
    record Refused(Problem problem) implements Decoded {
        public Refused {
            requireNonNull(problem, "problem");
        }
    }
}
