package dev.penstock.controller.state;

/**
 * Where objects come from: a directory of manifests or an API server. Reports to one listener from
 * one thread of its own.
 */
public interface ObjectSource extends AutoCloseable {

    /**
     * Starts reading and watching. The first report comes once everything there is has been read.
     *
     * @param listener told of every change; called by one thread at a time
     * @throws SourceUnavailableException when there is nothing to read and waiting would not help,
     *     such as a directory that does not exist
     */
    void start(SourceListener listener) throws SourceUnavailableException;

    /** Whether everything that there was at the start has been read. */
    boolean isSynced();

    /** Stops watching; no report comes after it returns. */
    @Override
    void close();
}
