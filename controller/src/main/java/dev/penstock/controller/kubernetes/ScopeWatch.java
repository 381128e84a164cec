package dev.penstock.controller.kubernetes;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.controller.decode.ObjectDecoder;
import dev.penstock.controller.decode.Origin;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The list and watch of one scope: decodes what arrives and puts it into the inbox. fabric8 calls
 * the handler on one thread at a time, in the order of the API server.
 */
final class ScopeWatch implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {

    /** Objects per answer, so that a list of many thousands is never in memory as a whole. */
    private static final long PAGE = 500;

    private final Scope scope;
    private final Inbox inbox;
    private final ObjectDecoder decoder;
    private final Predicate<ObjectRef> wanted;
    private final OutageLog outages;
    private final VersionStore versions = new VersionStore();

    private volatile @Nullable SharedIndexInformer<GenericKubernetesResource> informer;
    private volatile boolean synced;
    private volatile boolean doneWithout;

    /**
     * @param wanted whether an object is of use; asked for each as it arrives
     */
    ScopeWatch(
            Scope scope,
            Inbox inbox,
            ObjectDecoder decoder,
            Predicate<ObjectRef> wanted,
            OutageLog outages) {
        this.scope = scope;
        this.inbox = inbox;
        this.decoder = decoder;
        this.wanted = wanted;
        this.outages = outages;
    }

    void start(KubernetesClient client) {
        SharedIndexInformer<GenericKubernetesResource> started =
                scope.in(client).withLimit(PAGE).runnableInformer(0);
        started.removeNamespaceIndex();
        started.itemStore(versions);
        started.exceptionHandler((_, failure) -> {
            failed(failure);
            return true;
        });
        started.addEventHandler(this);
        informer = started;
        started.start();
    }

    Scope scope() {
        return scope;
    }

    /** Whether all that there was at the start is in the inbox, or nothing is going to come. */
    boolean isSynced() {
        return synced || doneWithout;
    }

    /** Whether the watch was established once and is not now. */
    boolean isBroken() {
        SharedIndexInformer<GenericKubernetesResource> started = informer;
        return started != null && synced && !started.isWatching();
    }

    /** Whether the first list is there; what fails before that is reported as it fails. */
    boolean isListed() {
        return synced;
    }

    /** Whether an object of this name exists. */
    boolean knows(ObjectRef ref) {
        return versions.contains(ref.namespace() + "/" + ref.name());
    }

    /** Asks the API server for one object of the scope, to learn why the watch does not work. */
    void probe(KubernetesClient client) {
        try {
            scope.in(client).list(new ListOptionsBuilder().withLimit(1L).build());
        } catch (KubernetesClientException e) {
            failed(e);
        }
    }

    @Override
    public void onAdd(GenericKubernetesResource object) {
        changed(object);
    }

    @Override
    public void onUpdate(GenericKubernetesResource old, GenericKubernetesResource object) {
        changed(object);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
        inbox.put(ref(object), Inbox.Change.GONE);
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
        outages.works(scope);
        if (!synced) {
            synced = true;
            inbox.wake();
        }
    }

    @Override
    public void close() {
        SharedIndexInformer<GenericKubernetesResource> started = informer;
        if (started != null) {
            started.stop();
        }
    }

    Decoded decode(GenericKubernetesResource object) {
        return decoder.decode(ResourceTree.of(scope.kind(), object), Origin.API_SERVER);
    }

    private void changed(GenericKubernetesResource object) {
        ObjectRef ref = ref(object);
        if (wanted.test(ref)) {
            inbox.put(ref, Inbox.Change.watched(decode(object)));
        }
    }

    private void failed(Throwable failure) {
        // A Role of one namespace cannot allow a cluster-scoped kind.
        if (!scope.kind().isNamespaced() && Failures.isForbidden(failure)) {
            if (!doneWithout) {
                outages.failed(scope, failure, "going on without " + scope.kind().kind() + "s");
                doneWithout = true;
                inbox.wake();
            }
            return;
        }
        outages.failed(
                scope,
                failure,
                synced
                        ? "traffic goes on with what was read last"
                        : "nothing is served before all is read");
    }

    private ObjectRef ref(GenericKubernetesResource object) {
        String namespace = object.getMetadata().getNamespace();
        return new ObjectRef(
                scope.kind().kind(),
                namespace == null ? "" : namespace,
                object.getMetadata().getName());
    }
}
