package dev.penstock.proxy.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * Socket options by their numbers on Linux, the same for every native kind of channel. Other kinds
 * of channels do not know them: setting one there does nothing and says so.
 */
public final class LinuxOption {

    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE_NUMBER = 9;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CORK_NUMBER = 3;

    /**
     * For a listening socket: those that it accepts have it too, which saves a call for each
     * (socket(7)).
     */
    public static final ChannelOption<Integer> SO_KEEPALIVE =
            new IntegerUnixChannelOption("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE_NUMBER);

    /**
     * Holds back a last segment that is not full until the direction ends, so that both leave in
     * one (tcp(7)). Only for what is ended at once: it is held back for up to 200 ms otherwise.
     */
    public static final ChannelOption<Integer> TCP_CORK =
            new IntegerUnixChannelOption("TCP_CORK", IPPROTO_TCP, TCP_CORK_NUMBER);

    private LinuxOption() {}
}
