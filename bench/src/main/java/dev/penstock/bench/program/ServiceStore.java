package dev.penstock.bench.program;

import java.io.IOException;
import java.util.List;

/** Where Services are written so that a program sees them. */
interface ServiceStore {

    /** Makes as many Services, each with its first pair of pods. */
    void create(int services) throws IOException, InterruptedException;

    /** Moves a Service to the pair of pods; returns when that is written. */
    void move(int service, int pair) throws IOException, InterruptedException;

    /** The flags by which Penstock reads this. */
    List<String> flags();
}
