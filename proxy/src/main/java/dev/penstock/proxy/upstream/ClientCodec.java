package dev.penstock.proxy.upstream;

import dev.penstock.proxy.stream.ClientConnection;
import io.netty.channel.Channel;

/** Makes a connected channel speak a version of HTTP. */
@FunctionalInterface
public interface ClientCodec {

    /** Adds the codec's handler at the end of the channel's pipeline. Called on its event loop. */
    ClientConnection install(Channel channel, ClientConnection.Listener listener);
}
