package dev.penstock.l4.sync;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes no rules; remembers what it was asked for and does what a test wants. */
final class RecordingMode implements RuleMode {

    /** Each attempt to apply takes one. */
    final Semaphore permits = new Semaphore(1000);

    final List<NodePlan> attempts = new CopyOnWriteArrayList<>();
    final AtomicInteger failuresLeft = new AtomicInteger();
    volatile @Nullable RuntimeException fault;
    volatile boolean intact = true;
    volatile boolean closed;

    @Override
    public Applied apply(NodePlan plan) throws RulesException {
        attempts.add(plan);
        permits.acquireUninterruptibly();
        RuntimeException thrown = fault;
        if (thrown != null) {
            fault = null;
            throw thrown;
        }
        if (failuresLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new RulesException("the kernel is out of sorts");
        }
        intact = true;
        return new Applied(attempts.size() == 1, plan.services().size());
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public @Nullable String missing() {
        return null;
    }

    @Override
    public Set<Algorithm> algorithms() {
        return Set.of(Algorithm.RANDOM);
    }

    @Override
    public boolean isIntact() {
        return intact;
    }

    @Override
    public boolean remove() {
        return false;
    }

    @Override
    public long size() {
        return 0;
    }

    @Override
    public void close() {
        closed = true;
    }
}
