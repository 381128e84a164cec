package dev.penstock.proxy.exchange;

/** Where the data plane finds the current configuration. Any thread reads, one writes. */
public final class ActiveConfigHolder {

    private volatile ActiveConfig current = ActiveConfig.NONE;

    public ActiveConfig current() {
        return current;
    }

    /** Publishes another configuration for all requests that begin from now on. */
    public void publish(ActiveConfig next) {
        current = next;
    }
}
