package dev.penstock.controller.kubernetes;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.controller.decode.ObjectDecoder;
import dev.penstock.controller.decode.Origin;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads single Secrets that came into use after the watch had passed them by. Called by the thread
 * that owns the state; the answers come through the inbox.
 */
final class SecretFetcher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SecretFetcher.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final ObjectDecoder decoder;
    private final Inbox inbox;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("penstock-secret-", 0).factory());

    /** So that an API server is asked for a few at a time. */
    private final Semaphore permits = new Semaphore(16);

    /** Asked for and not yet answered, by the watch or the answer itself. */
    private final Set<ObjectRef> pending = new HashSet<>();

    SecretFetcher(KubernetesClient client, ObjectDecoder decoder, Inbox inbox) {
        this.client = client;
        this.decoder = decoder;
        this.inbox = inbox;
    }

    /**
     * Asks for Secrets and waits a little for the answers, so that an Ingress and its certificate
     * start to serve together. Answers that take longer come when they come.
     */
    void fetch(Collection<ObjectRef> secrets, Duration patience) throws InterruptedException {
        CountDownLatch answers = new CountDownLatch(secrets.size());
        for (ObjectRef secret : secrets) {
            if (pending.add(secret)) {
                threads.execute(() -> fetch(secret, answers));
            } else {
                answers.countDown();
            }
        }
        boolean _ = answers.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Whether an answer still counts: not when the watch has reported the same Secret since it was
     * asked for, because the answer may be older.
     */
    boolean accept(ObjectRef secret) {
        return pending.remove(secret);
    }

    /** The watch has reported this Secret, so that the answer is not needed any more. */
    void supersede(ObjectRef secret) {
        pending.remove(secret);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void fetch(ObjectRef secret, CountDownLatch answers) {
        Duration pause = FIRST_PAUSE;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    inbox.putIfAbsent(secret, Inbox.Change.fetched(read(secret)));
                    return;
                } catch (KubernetesClientException e) {
                    log.warn("cannot read {}: {}; trying again", secret, Failures.describe(e));
                    answers.countDown();
                    Thread.sleep(pause);
                    pause = pause.multipliedBy(2);
                    pause = pause.compareTo(LAST_PAUSE) < 0 ? pause : LAST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answers.countDown();
        }
    }

    private @Nullable Decoded read(ObjectRef secret) throws InterruptedException {
        permits.acquire();
        try {
            GenericKubernetesResource object =
                    client.genericKubernetesResources(WatchedKind.SECRET.context())
                            .inNamespace(secret.namespace())
                            .withName(secret.name())
                            .get();
            return object == null
                    ? null
                    : decoder.decode(
                            ResourceTree.of(WatchedKind.SECRET, object), Origin.API_SERVER);
        } finally {
            permits.release();
        }
    }
}
