package dev.penstock.controller.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.Failures;
import dev.penstock.controller.kubernetes.Pace;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.EndpointSliceObject;
import dev.penstock.controller.state.IngressClassObject;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an Event of type Warning for each problem that newly appears. The name of an Event follows
 * from its problem, so that a new leader adds to the Events of the one before it, and nodes that
 * see the same problem share one Event. What cannot be written in time is left out, and counted.
 */
public final class EventWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

    private static final String COMPONENT = "penstock";
    private static final String CONTROLLER = "penstock.dev/ingress-controller";
    private static final String NODE_CONTROLLER = "penstock.dev/node";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private static final int EVENTS_PER_SECOND = 10;
    private static final int BURST = 50;

    /** Of the problems that are due at one time, those written; the rest are too many to read. */
    private static final int ROUND_MAX = 1_000;

    /** As {@link #ROUND_MAX}, where every node of a cluster may write the same. */
    private static final int NODE_ROUND_MAX = 100;

    /** The longest message that the API takes. */
    private static final int MESSAGE_MAX = 1_024;

    private static final Duration CHECK_PERIOD = Duration.ofMinutes(1);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(5);

    /** Over how long nodes that see the same problem at the same time spread what they write. */
    private static final Duration SPREAD = Duration.ofSeconds(5);

    private final ClusterConnection connection;
    private final BooleanSupplier mayWrite;
    private final String controller;
    private final String instance;
    private final int roundMax;
    private final Duration spread;
    private final EventLedger ledger = new EventLedger();
    private final Pace pace = new Pace(EVENTS_PER_SECOND, BURST);
    private final Semaphore changes = new Semaphore(0);
    private final Thread thread;

    private volatile @Nullable Current current;
    private final LongAdder dropped = new LongAdder();
    private String lastFailure = "";

    private record Current(ClusterState state, List<Problem> problems) {}

    /**
     * @param connection the API server; stays open when this is closed
     * @param leadership whether this instance writes
     */
    public EventWriter(ClusterConnection connection, Leadership leadership) {
        this(
                connection,
                leadership::isLeader,
                CONTROLLER,
                leadership.identity(),
                ROUND_MAX,
                Duration.ZERO);
        leadership.whenElected(changes::release);
    }

    private EventWriter(
            ClusterConnection connection,
            BooleanSupplier mayWrite,
            String controller,
            String instance,
            int roundMax,
            Duration spread) {
        this.connection = requireNonNull(connection, "connection");
        this.mayWrite = mayWrite;
        this.controller = controller;
        this.instance = requireNonNull(instance, "instance");
        this.roundMax = roundMax;
        this.spread = spread;
        this.thread = Thread.ofVirtual().name("penstock-events").unstarted(this::run);
    }

    /**
     * A writer for what a node finds. Each node writes: to elect one among hundreds would cost the
     * API server more, all the time, than that they now and then say the same.
     *
     * @param connection the API server; stays open when this is closed
     * @param nodeName the node's name
     */
    public static EventWriter ofNode(ClusterConnection connection, String nodeName) {
        return new EventWriter(
                connection, () -> true, NODE_CONTROLLER, nodeName, NODE_ROUND_MAX, SPREAD);
    }

    /** Starts to write. */
    public void start() {
        thread.start();
    }

    /** Takes in all problems that there are now; returns at once. */
    public void update(ClusterState state, List<Problem> problems) {
        current = new Current(state, problems);
        changes.release();
    }

    /** Events that were left out, since the start. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        Duration wait = CHECK_PERIOD;
        try {
            while (true) {
                boolean _ = changes.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
                if (!spread.isZero()) {
                    Thread.sleep(ThreadLocalRandom.current().nextLong(spread.toMillis()));
                }
                changes.drainPermits();
                Current now = current;
                boolean complete = now == null || !mayWrite.getAsBoolean() || write(now);
                wait = complete ? CHECK_PERIOD : RETRY_PAUSE;
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether all that is due was written, or left out for good. */
    private boolean write(Current now) throws InterruptedException {
        List<EventLedger.Subject> due = ledger.due(now.state(), now.problems(), System.nanoTime());
        int written = 0;
        for (EventLedger.Subject subject : due) {
            if (written++ < roundMax) {
                pace.await();
                if (!mayWrite.getAsBoolean()) {
                    return true;
                }
                if (!write(subject)) {
                    return false;
                }
            } else {
                dropped.increment();
            }
            ledger.shown(subject, System.nanoTime());
        }
        return true;
    }

    /** Writes one Event. Returns whether it makes sense to go on with others. */
    private boolean write(EventLedger.Subject subject) {
        try {
            boolean mayExist = ledger.count(subject) > 0;
            if (!(mayExist && repeat(subject)) && !create(subject)) {
                repeat(subject);
            }
            lastFailure = "";
            return true;
        } catch (KubernetesClientException e) {
            String failure = Failures.describe(e);
            if (!failure.equals(lastFailure)) {
                lastFailure = failure;
                log.warn("cannot write an Event: {}", failure);
            }
            return Failures.isAboutRequest(e);
        }
    }

    /** Returns false where the Event exists already. */
    private boolean create(EventLedger.Subject subject) {
        try {
            Event event = event(subject);
            connection
                    .client()
                    .v1()
                    .events()
                    .inNamespace(event.getMetadata().getNamespace())
                    .resource(event)
                    .create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Renews an Event that exists. Returns false where it does not. */
    private boolean repeat(EventLedger.Subject subject) {
        try {
            ObjectRef ref = subject.problem().object();
            // How many times the leaders before this one have counted is not known.
            int count = ledger.count(subject);
            Map<String, Object> patch =
                    count == 0
                            ? Map.of("lastTimestamp", now())
                            : Map.of("lastTimestamp", now(), "count", count + 1);
            connection
                    .client()
                    .v1()
                    .events()
                    .inNamespace(namespace(ref))
                    .withName(name(subject))
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            connection.client().getKubernetesSerialization().asJson(patch));
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private Event event(EventLedger.Subject subject) {
        Problem problem = subject.problem();
        ObjectRef ref = problem.object();
        String time = now();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace(ref))
                .withName(name(subject))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(apiVersion(ref.kind()))
                .withKind(ref.kind())
                .withNamespace(ref.namespace().isEmpty() ? null : ref.namespace())
                .withName(ref.name())
                .withUid(subject.uid())
                .endInvolvedObject()
                .withType("Warning")
                .withReason(problem.reason().name())
                .withMessage(message(problem))
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(controller)
                .withReportingInstance(instance)
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .build();
    }

    /** What is wrong, without the object: whoever reads the Event looks at the object. */
    private static String message(Problem problem) {
        String field = problem.field().isEmpty() ? "" : problem.field() + ": ";
        String rest = problem.consequence().isEmpty() ? "" : "; " + problem.consequence();
        String message = field + problem.message() + rest;
        return message.length() <= MESSAGE_MAX
                ? message
                : message.substring(0, MESSAGE_MAX - 1) + "…";
    }

    private static String name(EventLedger.Subject subject) {
        Problem problem = subject.problem();
        String text =
                String.join(
                        "\0",
                        subject.uid(),
                        problem.field(),
                        problem.reason().name(),
                        problem.message(),
                        problem.consequence());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            String object = problem.object().name();
            // A name may have 253 characters, an object's has at most as many.
            String prefix =
                    object.substring(0, Math.min(object.length(), 230))
                            .replaceAll("[^a-z0-9]+$", "");
            return prefix + "." + HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Events of objects without a namespace are in this one, by convention. */
    private static String namespace(ObjectRef ref) {
        return ref.namespace().isEmpty() ? "default" : ref.namespace();
    }

    private static String apiVersion(String kind) {
        return switch (kind) {
            case IngressObject.KIND, IngressClassObject.KIND -> "networking.k8s.io/v1";
            case EndpointSliceObject.KIND -> "discovery.k8s.io/v1";
            default -> "v1";
        };
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
