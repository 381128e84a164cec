package dev.penstock.proxy.observe;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The series of one set of {@link RouteLabels}. Compiled into routes, so that counting a request
 * takes no look-up. Takes memory only for the event loops that use it.
 */
public final class RouteMetrics {

    private final RouteLabels labels;
    private final AtomicReferenceArray<RouteCells> loops;

    RouteMetrics(RouteLabels labels, int loopCount) {
        this.labels = labels;
        this.loops = new AtomicReferenceArray<>(loopCount);
    }

    public RouteLabels labels() {
        return labels;
    }

    /** The part of an event loop. Called on that loop only. */
    RouteCells cells(int loop) {
        RouteCells cells = loops.getPlain(loop);
        if (cells == null) {
            cells = new RouteCells();
            loops.setRelease(loop, cells);
        }
        return cells;
    }

    /** All parts together, or null where nothing was counted yet. */
    @Nullable RouteTotals totals() {
        RouteTotals totals = null;
        for (int i = 0; i < loops.length(); i++) {
            RouteCells cells = loops.getAcquire(i);
            if (cells != null) {
                totals = totals == null ? new RouteTotals() : totals;
                cells.addTo(totals);
            }
        }
        return totals;
    }
}
