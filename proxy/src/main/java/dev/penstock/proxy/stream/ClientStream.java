package dev.penstock.proxy.stream;

/** The endpoint's side of an exchange. */
public interface ClientStream extends MessageStream {

    /** The connection it is on. */
    ClientConnection connection();
}
