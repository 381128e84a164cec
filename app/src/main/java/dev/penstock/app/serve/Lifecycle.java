package dev.penstock.app.serve;

/** How far the program is. Any thread. */
final class Lifecycle {

    /** The stages, in their order. */
    enum Stage {
        STARTING("starting: the first configuration is not served yet"),
        READY("ok"),
        DRAINING("draining: no new connections are wanted");

        private final String text;

        Stage(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private volatile Stage stage = Stage.STARTING;

    Stage stage() {
        return stage;
    }

    /** Everything is served; has no effect once draining began. */
    synchronized void ready() {
        if (stage == Stage.STARTING) {
            stage = Stage.READY;
        }
    }

    /** Nothing new is wanted from now on. Returns whether it was ready until now. */
    synchronized boolean draining() {
        boolean wasReady = stage == Stage.READY;
        stage = Stage.DRAINING;
        return wasReady;
    }
}
