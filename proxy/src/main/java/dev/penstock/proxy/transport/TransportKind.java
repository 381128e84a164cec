package dev.penstock.proxy.transport;

/** The ways to do socket I/O, the most efficient first. */
public enum TransportKind {
    IO_URING("io_uring"),
    EPOLL("epoll"),
    NIO("nio");

    private final String text;

    TransportKind(String text) {
        this.text = text;
    }

    /** The name as settings and logs have it. */
    public String text() {
        return text;
    }
}
