package dev.penstock.controller.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.model.ObjectRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InboxTest {

    private static final ObjectRef A = new ObjectRef("Secret", "n", "a");
    private static final ObjectRef B = new ObjectRef("Secret", "n", "b");
    private static final Inbox.Change FIRST = change("1");
    private static final Inbox.Change SECOND = change("2");

    private final Inbox inbox = new Inbox();

    @Test
    void changesThatComeTogetherAreTakenTogether() throws Exception {
        inbox.put(A, FIRST);
        inbox.put(B, FIRST);

        assertThat(inbox.poll().changes()).containsOnlyKeys(A, B);
    }

    @Test
    void theLastChangeOfAnObjectStands() throws Exception {
        inbox.put(A, FIRST);
        inbox.put(A, SECOND);
        inbox.put(B, SECOND);
        inbox.putIfAbsent(B, FIRST);

        assertThat(inbox.poll().changes()).containsEntry(A, SECOND).containsEntry(B, SECOND);
    }

    @Test
    void theTimeIsThatOfTheOldestChange() throws Exception {
        long before = System.nanoTime();
        inbox.put(A, FIRST);
        long between = System.nanoTime();
        inbox.put(B, FIRST);

        assertThat(inbox.poll().seenNanos()).isBetween(before, between);
    }

    @Test
    void aWaitingTakerGetsAChangeAtOnce() throws Exception {
        CompletableFuture<Inbox.@Nullable Batch> taken = CompletableFuture.supplyAsync(this::take);

        inbox.put(A, FIRST);

        assertThat(requireNonNull(taken.get(5, TimeUnit.SECONDS)).changes()).containsOnlyKeys(A);
    }

    @Test
    void aWakingEndsTheWaitingWithoutAChange() throws Exception {
        CompletableFuture<Inbox.@Nullable Batch> taken = CompletableFuture.supplyAsync(this::take);

        inbox.wake();

        assertThat(requireNonNull(taken.get(5, TimeUnit.SECONDS)).changes()).isEmpty();
    }

    @Test
    void nothingIsTakenOnceClosed() throws Exception {
        CompletableFuture<Inbox.@Nullable Batch> taken = CompletableFuture.supplyAsync(this::take);

        inbox.close();

        assertThat(taken.get(5, TimeUnit.SECONDS)).isNull();
    }

    private Inbox.@Nullable Batch take() {
        try {
            return inbox.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Inbox.Change change(String kind) {
        return Inbox.Change.watched(new Decoded.Ignored("v1", kind));
    }
}
