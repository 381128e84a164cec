package dev.penstock.l4.ipvs;

/** One step at the virtual servers, from what the kernel has to what it is to have. */
sealed interface Operation {

    ServerKey key();

    record AddServer(ServerKey key, Scheduler scheduler, int persistenceSeconds)
            implements Operation {}

    /** Changes its scheduler and persistence. */
    record EditServer(ServerKey key, Scheduler scheduler, int persistenceSeconds)
            implements Operation {}

    /** With all its destinations. */
    record DeleteServer(ServerKey key) implements Operation {}

    record AddReal(ServerKey key, RealServer real, int weight) implements Operation {}

    /** Changes a destination's weight; with 0 it takes no new connections. */
    record EditReal(ServerKey key, RealServer real, int weight) implements Operation {}

    record DeleteReal(ServerKey key, RealServer real) implements Operation {}
}
