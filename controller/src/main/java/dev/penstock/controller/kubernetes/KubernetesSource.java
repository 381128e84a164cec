package dev.penstock.controller.kubernetes;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.controller.decode.ObjectDecoder;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.ObjectSource;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.controller.state.SourceListener;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads objects from an API server, and every change of them. Whatever happens to the API server or
 * to a watch, it keeps trying, says so in the log, and the last state stays.
 *
 * <p>Secrets are watched last, once it is known which of them are in use: of the others no byte is
 * kept. One that comes into use later is read singly.
 */
public final class KubernetesSource implements ObjectSource {

    private static final Logger log = LoggerFactory.getLogger(KubernetesSource.class);

    /** How long an Ingress waits for the certificate that it brings into use. */
    private static final Duration SECRET_PATIENCE = Duration.ofSeconds(1);

    private final ClusterConnection connection;
    private final Inbox inbox = new Inbox();
    private final ObjectDecoder decoder = new ObjectDecoder();
    private final OutageLog outages;
    private final SecretReferences references;
    private final SecretFetcher fetcher;
    private final List<ScopeWatch> watches = new ArrayList<>();
    private final List<ScopeWatch> secretWatches = new ArrayList<>();
    private final WatchMonitor monitor;
    private final Thread feeder;

    private @Nullable SourceListener listener;
    private boolean secretsStarted;
    private volatile boolean synced;

    /** Owned by the feeder thread. */
    private final Map<ObjectRef, Problem> refused = new TreeMap<>();

    private ClusterState state = ClusterState.EMPTY;

    /**
     * @param connection the API server; stays open when the source is closed
     * @param settings what to read
     * @param ours whether an Ingress is served here, so that the Secrets it names are needed
     */
    public KubernetesSource(
            ClusterConnection connection,
            WatchSettings settings,
            BiPredicate<ClusterState, IngressObject> ours) {
        this.connection = connection;
        this.outages = new OutageLog(connection.address(), System::nanoTime, log);
        this.references = new SecretReferences(named(settings, SecretObject.KIND), ours);
        this.fetcher = new SecretFetcher(connection.client(), decoder, inbox);
        for (Scope scope : Scope.of(settings)) {
            boolean secrets = scope.kind() == WatchedKind.SECRET;
            ScopeWatch watch =
                    new ScopeWatch(
                            scope,
                            inbox,
                            decoder,
                            ref -> !secrets || references.isReferenced(ref),
                            outages);
            (secrets ? secretWatches : watches).add(watch);
        }
        this.monitor = new WatchMonitor(connection.client(), outages);
        this.feeder = Thread.ofPlatform().name("penstock-source").daemon().unstarted(this::feed);
    }

    @Override
    public void start(SourceListener newListener) {
        listener = requireNonNull(newListener, "listener");
        for (ScopeWatch watch : watches) {
            start(watch);
        }
        feeder.start();
        monitor.start();
    }

    @Override
    public boolean isSynced() {
        return synced;
    }

    @Override
    public void close() {
        outages.close();
        monitor.close();
        watches.forEach(ScopeWatch::close);
        inbox.close();
        try {
            feeder.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        secretWatches.forEach(ScopeWatch::close);
        fetcher.close();
    }

    private void start(ScopeWatch watch) {
        watch.start(connection.client());
        monitor.add(watch);
    }

    private void feed() {
        try {
            Inbox.Batch batch = inbox.take();
            while (batch != null) {
                feed(batch);
                batch = inbox.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void feed(Inbox.Batch first) throws InterruptedException {
        ClusterState before = state;
        apply(first);
        if (references.update(state)) {
            Set<ObjectRef> missing = dropAndMiss();
            if (!missing.isEmpty()) {
                fetcher.fetch(missing, SECRET_PATIENCE);
                apply(inbox.poll());
            }
        }
        if (!secretsStarted && watches.stream().allMatch(ScopeWatch::isSynced)) {
            secretsStarted = true;
            secretWatches.forEach(this::start);
        }
        boolean nowSynced =
                synced || (secretsStarted && secretWatches.stream().allMatch(ScopeWatch::isSynced));
        if (nowSynced && (isChanged(before) || !synced)) {
            deliver(first.seenNanos());
            synced = true;
        }
    }

    @SuppressWarnings("ReferenceEquality") // A builder that changed nothing returns its base.
    private boolean isChanged(ClusterState before) {
        return state != before;
    }

    private void deliver(long seenNanos) {
        try {
            requireNonNull(listener).changed(state, seenNanos);
        } catch (RuntimeException e) {
            // The next change may go through; what was served stays.
            log.error("a change of objects could not be taken over", e);
        }
    }

    private void apply(Inbox.Batch batch) {
        ClusterState.Builder next = state.change();
        batch.changes().forEach((ref, change) -> apply(next, ref, change));
        next.sourceProblems(List.copyOf(refused.values()));
        state = next.build();
    }

    private void apply(ClusterState.Builder next, ObjectRef ref, Inbox.Change change) {
        if (change.fetched() && !fetcher.accept(ref)) {
            return;
        }
        if (ref.kind().equals(SecretObject.KIND)) {
            fetcher.supersede(ref);
        }
        refused.remove(ref);
        Decoded decoded = isUnused(ref) ? null : change.object();
        switch (decoded) {
            case Decoded.Accepted(var object) -> next.put(object);
            case Decoded.Refused(var problem) -> {
                next.remove(ref);
                refused.put(ref, problem);
            }
            case Decoded.Ignored _ -> next.remove(ref);
            case null -> next.remove(ref);
        }
    }

    private boolean isUnused(ObjectRef ref) {
        return ref.kind().equals(SecretObject.KIND) && !references.isReferenced(ref);
    }

    /** Drops the Secrets that are no longer in use. Returns those that came into use. */
    private Set<ObjectRef> dropAndMiss() {
        ClusterState.Builder next = state.change();
        for (ObjectRef secret : state.secrets().keySet()) {
            if (!references.isReferenced(secret)) {
                next.remove(secret);
            }
        }
        state = next.build();
        return references.all().stream()
                .filter(secret -> !state.secrets().containsKey(secret))
                .filter(secret -> secretWatches.stream().anyMatch(w -> w.knows(secret)))
                .collect(Collectors.toSet());
    }

    private static Set<ObjectRef> named(WatchSettings settings, String kind) {
        return settings.singles().stream()
                .filter(ref -> ref.kind().equals(kind))
                .collect(Collectors.toUnmodifiableSet());
    }
}
