package dev.penstock.l4.announce;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NativeSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Lets the kernel drop, by a classic BPF program (Linux, {@code
 * Documentation/networking/filter.rst}), all IPv6 packets but neighbour solicitations: else each
 * packet of the link would wake this program.
 */
final class SolicitationFilter {

    private static final int SO_ATTACH_FILTER = 26;

    private static final int LOAD_BYTE = 0x30;
    private static final int JUMP_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int WHOLE = 0x40000;

    private static final int INSTRUCTION_LENGTH = 8;

    private SolicitationFilter() {}

    /** The kernel copies the program: nothing has to be kept. */
    static void attach(NativeSocket socket) throws ErrnoException {
        int next = Ethernet.HEADER_LENGTH + Ipv6.NEXT_OFFSET;
        int type = Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH;
        ByteBuffer program = ByteBuffer.allocate(6 * INSTRUCTION_LENGTH).order(nativeOrder());
        add(program, LOAD_BYTE, 0, 0, next);
        add(program, JUMP_EQUAL, 0, 3, Ipv6.ICMP);
        add(program, LOAD_BYTE, 0, 0, type);
        add(program, JUMP_EQUAL, 0, 1, NeighbourSolicitation.TYPE);
        add(program, RETURN, 0, 0, WHOLE);
        add(program, RETURN, 0, 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(program.capacity(), INSTRUCTION_LENGTH);
            memory.copyFrom(MemorySegment.ofArray(program.array()));
            // A sock_fprog: the number of instructions, padding, and where they are.
            byte[] description = new byte[2 * Long.BYTES];
            MemorySegment fields = MemorySegment.ofArray(description);
            fields.set(
                    ValueLayout.JAVA_SHORT_UNALIGNED,
                    0,
                    (short) (program.capacity() / INSTRUCTION_LENGTH));
            fields.set(ValueLayout.JAVA_LONG_UNALIGNED, Long.BYTES, memory.address());
            socket.option(NativeSocket.SOL_SOCKET, SO_ATTACH_FILTER, description);
        }
    }

    /** A {@code sock_filter}; jumps count the instructions to skip. */
    private static void add(ByteBuffer program, int code, int ifTrue, int ifFalse, int operand) {
        program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }

    private static ByteOrder nativeOrder() {
        return ByteOrder.nativeOrder();
    }
}
