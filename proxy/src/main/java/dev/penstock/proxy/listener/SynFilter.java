package dev.penstock.proxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a listening socket take no new connections while those that clients believe to have are
 * still handed over. Closing the socket alone resets what the system has accepted and we have not
 * yet. A filter in the kernel (socket(7), SO_ATTACH_FILTER) drops connection requests instead;
 * their clients ask again a second later and find another listener, or none.
 */
final class SynFilter {

    private static final Logger log = LoggerFactory.getLogger(SynFilter.class);

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    /** {@code struct sock_filter}: code, jump if true, jump if false, operand. */
    private static final long[][] PROGRAM = {
        {0x30, 0, 0, 13}, // load the byte of flags of the TCP header
        {0x54, 0, 0, 0x12}, // keep SYN and ACK
        {0x15, 0, 1, 0x02}, // SYN alone?
        {0x06, 0, 0, 0}, // drop
        {0x06, 0, 0, 0xffff_ffffL} // keep
    };

    private static final int INSTRUCTION_BYTES = 8;

    /** {@code struct sock_fprog}: the length, and behind padding the address of the program. */
    private static final int FPROG_BYTES = 16;

    private static final ChannelOption<ByteBuffer> ATTACH =
            new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, FPROG_BYTES);

    private SynFilter() {}

    /** Attaches the filter. Returns whether the system knows it. */
    static boolean attach(Channel socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program =
                    arena.allocate((long) PROGRAM.length * INSTRUCTION_BYTES, Long.BYTES);
            for (int i = 0; i < PROGRAM.length; i++) {
                long at = (long) i * INSTRUCTION_BYTES;
                program.set(ValueLayout.JAVA_SHORT, at, (short) PROGRAM[i][0]);
                program.set(ValueLayout.JAVA_BYTE, at + 2, (byte) PROGRAM[i][1]);
                program.set(ValueLayout.JAVA_BYTE, at + 3, (byte) PROGRAM[i][2]);
                program.set(ValueLayout.JAVA_INT, at + 4, (int) PROGRAM[i][3]);
            }
            ByteBuffer fprog =
                    ByteBuffer.allocateDirect(FPROG_BYTES).order(ByteOrder.nativeOrder());
            fprog.putShort(0, (short) PROGRAM.length);
            fprog.putLong(Long.BYTES, program.address());
            return socket.config().setOption(ATTACH, fprog);
        } catch (RuntimeException e) {
            log.debug("{}: no filter for connection requests", socket, e);
            return false;
        }
    }
}
